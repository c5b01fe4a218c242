/**
 * ringbuf.js: a ring of array elements between one producer and one consumer, over a SharedArrayBuffer.
 *
 * It knows no records. With a capacity that is a multiple of the payload and nothing but transfers of whole payloads,
 * what it has and what it has room for are multiples of it too, so no transfer is ever partial; that is checked.
 *
 * It knows no second producer either: of several, each has a ring of its own, and these share the memory of one. A
 * batch is 16 payloads pushed with one call, and what is popped with one call.
 */
import { RingBuffer } from 'ringbuf.js'
import { sweepCases } from '../axes/charts.js'
import { RING_BYTES } from '../cases.js'
import type { Contestant, HandOffMeasurement, HandOffProducer, IdleRing } from '../contestant.js'
import { BATCH_RECORDS, handOffCases } from '../core/cases.js'

function mustBeWhole(moved: number, bytes: number): boolean {
  if (moved === bytes) return true
  if (moved === 0) return false
  throw new Error(`ringbuf.js moved ${moved} of ${bytes} bytes`)
}

function createStorage(bytes: number): SharedArrayBuffer {
  return RingBuffer.getStorageForCapacity(bytes, Uint8Array)
}

/** Rings of which a producer gets one, and the consumer all. */
type Storages = readonly SharedArrayBuffer[]

function openPush(ring: RingBuffer, bytes: number, batch: number): HandOffProducer['push'] {
  if (batch === 1) return (payload) => mustBeWhole(ring.push(payload, bytes), bytes)
  const gathered = new Uint8Array(batch * bytes)
  let filled = 0
  return (payload) => {
    // A batch that found no room is tried again, with the record that is tried again.
    gathered.set(payload, filled * bytes)
    if (filled + 1 < batch) {
      filled++
      return true
    }
    if (!mustBeWhole(ring.push(gathered, gathered.length), gathered.length)) return false
    filled = 0
    return true
  }
}

interface Shape {
  readonly producers: number
  readonly bytes: number
  /** Of all rings together. */
  readonly ringBytes?: number
}

function handOff(
  { producers, bytes, ringBytes = RING_BYTES }: Shape,
  batch: number,
): HandOffMeasurement<Storages> {
  const portion = batch * bytes
  return {
    kind: 'hand-off',
    producers,
    bytes,
    batch,
    share() {
      const storages = Array.from({ length: producers }, () => createStorage(ringBytes / producers))
      return { producer: [], producers: storages.map((storage) => [storage]), consumer: storages }
    },
    producer([storage]) {
      if (storage === undefined) throw new Error('this producer got no ring')
      return { push: openPush(new RingBuffer(storage, Uint8Array), bytes, batch) }
    },
    consumer(storages) {
      const rings = storages.map((storage) => new RingBuffer(storage, Uint8Array))
      const words = new Int32Array(portion / 4)
      const copy = new Uint8Array(words.buffer)
      const stride = bytes / 4
      return {
        drain(check, limit) {
          let taken = 0
          for (const ring of rings) {
            const share = limit / rings.length
            for (let ofIt = 0; ofIt < share && mustBeWhole(ring.pop(copy, portion), portion); ofIt += batch) {
              for (let i = 0; i < batch; i++) check.take(words[i * stride] as number)
              taken += batch
            }
          }
          return taken
        },
      }
    },
  }
}

function openIdle(): IdleRing {
  const keeps = createStorage(RING_BYTES)
  return { allocatedBytes: keeps.byteLength, keeps }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'ringbuf.js',
    about: 'npm ringbuf.js 0.4: push and pop of whole payloads; a ring for each producer',
    absent: () => null,
    cases: {
      ...handOffCases(({ producers, bytes, way }) =>
        way === 'output' ? undefined : handOff({ producers, bytes }, way === 'batch' ? BATCH_RECORDS : 1),
      ),
      'idle-memory-1MiB': { kind: 'memory', open: openIdle },
      ...sweepCases((shape) => handOff(shape, 1), ['size', 'ring']),
    },
  },
]
