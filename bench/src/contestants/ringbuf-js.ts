/**
 * ringbuf.js: a ring of array elements between one producer and one consumer, over a SharedArrayBuffer.
 *
 * It knows no records. With a capacity that is a multiple of the payload and nothing but transfers of whole payloads,
 * what it has and what it has room for are multiples of it too, so no transfer is ever partial; that is checked.
 */
import { RingBuffer } from 'ringbuf.js'
import { sweepCases } from '../axes/charts.js'
import { RING_BYTES } from '../cases.js'
import type { Contestant, HandOffMeasurement, IdleRing } from '../contestant.js'
import { handOffCases } from '../core/cases.js'

function mustBeWhole(moved: number, bytes: number): boolean {
  if (moved === bytes) return true
  if (moved === 0) return false
  throw new Error(`ringbuf.js moved ${moved} of ${bytes} bytes`)
}

function createStorage(ringBytes = RING_BYTES): SharedArrayBuffer {
  return RingBuffer.getStorageForCapacity(ringBytes, Uint8Array)
}

function handOff(bytes: number, ringBytes = RING_BYTES): HandOffMeasurement<SharedArrayBuffer> {
  return {
    kind: 'hand-off',
    bytes,
    share() {
      const storage = createStorage(ringBytes)
      return { producer: storage, consumer: storage }
    },
    producer(storage) {
      const ring = new RingBuffer(storage, Uint8Array)
      return { push: (payload) => mustBeWhole(ring.push(payload, bytes), bytes) }
    },
    consumer(storage) {
      const ring = new RingBuffer(storage, Uint8Array)
      const words = new Int32Array(bytes / 4)
      const copy = new Uint8Array(words.buffer)
      return {
        drain(check, limit) {
          let taken = 0
          while (taken < limit && mustBeWhole(ring.pop(copy, bytes), bytes)) {
            check.take(words[0] as number)
            taken++
          }
          return taken
        },
      }
    },
  }
}

function openIdle(): IdleRing {
  const keeps = createStorage()
  return { allocatedBytes: keeps.byteLength, keeps }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'ringbuf.js',
    about: 'npm ringbuf.js 0.4: one producer, one consumer, push and pop of whole payloads',
    absent: () => null,
    cases: {
      ...handOffCases(({ producers, bytes, way }) =>
        producers === 1 && way === 'single' ? handOff(bytes) : undefined,
      ),
      'idle-memory-1MiB': { kind: 'memory', open: openIdle },
      ...sweepCases(({ bytes, ringBytes }) => handOff(bytes, ringBytes), ['size', 'ring']),
    },
  },
]
