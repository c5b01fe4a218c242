/** A ringbuf.js for each producer, since it knows one each: they share 1 MiB. */
import { RingBuffer } from 'ringbuf.js'
import { sweepCases } from '../../axes/charts.js'
import { OFFERED_BYTES, type OfferedMeasurement } from '../../axes/offered.js'
import { RING_BYTES } from '../../cases.js'
import type { Contestant, HandOffMeasurement, HandOffProducer } from '../../contestant.js'
import { type Demand, lossCases, sharedLossCases } from './loss.js'

type Storages = readonly SharedArrayBuffer[]

function share(producers: number, bytes: number) {
  const capacity = Math.floor(RING_BYTES / producers / bytes) * bytes
  const storages = Array.from({ length: producers }, () =>
    RingBuffer.getStorageForCapacity(capacity, Uint8Array),
  )
  return { producer: storages, consumer: storages }
}

const open = (storage: SharedArrayBuffer | undefined) =>
  new RingBuffer(storage as SharedArrayBuffer, Uint8Array)

/** Only whole payloads go in and out, and the capacity is a multiple of them: none is ever split. */
function mustBeWhole(moved: number, bytes: number): boolean {
  if (moved !== 0 && moved !== bytes) throw new Error(`ringbuf.js moved ${moved} of ${bytes} bytes`)
  return moved === bytes
}

function openSide(storage: SharedArrayBuffer | undefined, bytes: number): HandOffProducer {
  const ring = open(storage)
  return { push: (payload) => mustBeWhole(ring.push(payload, bytes), bytes) }
}

/** Visits one ring after the other; each record is copied out, as there is no other way. */
function openDrain(storages: Storages, bytes: number) {
  const rings = storages.map(open)
  const words = new Int32Array(bytes / 4)
  const copy = new Uint8Array(words.buffer)
  return (look: (words: Int32Array, at: number) => void, limit: number): number => {
    let taken = 0
    for (const ring of rings) {
      for (let i = 0; i < limit && mustBeWhole(ring.pop(copy, bytes), bytes); i++) {
        look(words, 0)
        taken++
      }
    }
    return taken
  }
}

function handOff(producers: number, bytes: number): HandOffMeasurement<Storages> {
  return {
    kind: 'hand-off',
    producers,
    bytes,
    share: () => share(producers, bytes),
    producer: (storages, index) => openSide(storages[index], bytes),
    consumer(storages) {
      const drain = openDrain(storages, bytes)
      return {
        drain: (check, limit) => drain((words) => check.take(words[0] as number), limit),
      }
    },
  }
}

function offered(demand: Demand): OfferedMeasurement<Storages> {
  return {
    kind: 'offered',
    ...demand,
    share: () => share(demand.load.producers, OFFERED_BYTES),
    producers: (storages) => storages.map((storage) => openSide(storage, OFFERED_BYTES)),
    consumer: (storages) => ({ drain: openDrain(storages, OFFERED_BYTES) }),
  }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'ringbuf.js-sharded',
    about:
      'npm ringbuf.js 0.4: one for each producer, which share 1 MiB; the consumer visits one after the other',
    absent: () => null,
    cases: {
      ...sweepCases(({ producers, bytes }) => handOff(producers, bytes), ['producers']),
      ...lossCases(offered),
      ...sharedLossCases(offered),
    },
  },
]
