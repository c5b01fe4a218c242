/** Many rings and one consumer: by a poller, blocking or not, and by hand. */
import {
  attachRing,
  type Consumer,
  createRing,
  openConsumer,
  openPoller,
  openProducer,
  type RawCallback,
  type RingHandle,
} from '../../../../dist/index.js'
import { type ActiveRings, axisCases } from '../../axes/charts.js'
import type {
  Contestant,
  FillDrainMeasurement,
  HandOffMeasurement,
  LoopingConsumer,
} from '../../contestant.js'
import type { SequenceCheck } from '../../sequence.js'
import { FLOOD_BYTES } from '../../waiting/cases.js'
import { rawCheck } from '../waiting/common.js'
import { asynchronous, blocking, type Poll, roundRobin, shareRings } from '../waiting/many-rings.js'

/** Small, so that a thousand of them are no more than some caches hold. */
const RING_BYTES = 1 << 14
/** The payload of `rings-look`: its number, as a double. */
const LOOK_BYTES = 8

type Handles = readonly RingHandle[]
type OpenLoop = (handles: Handles) => LoopingConsumer

/** A poller over all rings. */
function polling(poll: Poll): OpenLoop {
  return (handles) => {
    const rings = handles.map((handle) => attachRing(handle))
    return {
      run(check, turn) {
        const poller = openPoller()
        for (const ring of rings) poller.addRaw(ring, rawCheck(FLOOD_BYTES, check))
        return poll(poller, turn)
      },
    }
  }
}

/** All rings one after the other, without pause, until all are closed and empty. */
const byHand: OpenLoop = (handles) => {
  const consumers = handles.map((handle) => openConsumer(attachRing(handle)))
  return {
    run(check, turn) {
      const looks = consumers.map(() => rawCheck(FLOOD_BYTES, check))
      const visit = (consumer: Consumer, index: number) => consumer.consumeRaw(looks[index] as RawCallback)
      for (;;) {
        const closed = consumers.every(({ ring }) => ring.closed)
        let taken = 0
        for (let i = 0; i < consumers.length; i++) taken += visit(consumers[i] as Consumer, i)
        if (taken === 0 && closed) return
        turn()
      }
    },
  }
}

function flood(active: ActiveRings, count: number, openLoop: OpenLoop): HandOffMeasurement<Handles> {
  return {
    kind: 'hand-off',
    bytes: FLOOD_BYTES,
    // Of each ring the check expects every n-th number; if one gets them all, it expects them as of one ring.
    rings: active === 'all' ? count : 1,
    share: () => shareRings(count, RING_BYTES),
    producer(handles) {
      const used = active === 'all' ? handles : handles.slice(-1)
      const { push } = roundRobin(used)
      const rings = handles.map((handle) => attachRing(handle))
      return {
        push,
        end() {
          for (const ring of rings) ring.close()
        },
      }
    },
    consumer: openLoop,
  }
}

type OpenVisit = (rings: Handles, check: () => SequenceCheck) => () => void

const visitByPoller: OpenVisit = (handles, check) => {
  const poller = openPoller()
  for (const handle of handles) poller.addRaw(attachRing(handle), takeDouble(check))
  return () => poller.consume()
}

const visitByHand: OpenVisit = (handles, check) => {
  const consumers = handles.map((handle) => openConsumer(attachRing(handle)))
  const looks = consumers.map(() => takeDouble(check))
  return () => {
    for (let i = 0; i < consumers.length; i++) consumers[i]?.consumeRaw(looks[i] as RawCallback)
  }
}

/** Each ring is a memory of its own, so each has a callback of its own. */
function takeDouble(check: () => SequenceCheck): RawCallback {
  let doubles: Float64Array | undefined
  return (memory, offset, length) => {
    doubles ??= new Float64Array(memory.buffer)
    if (length !== LOOK_BYTES) throw new Error(`a record of ${length} bytes came out`)
    check().take(doubles[offset >>> 3] as number)
  }
}

/** One record in the last of so many rings, then one visit to all. */
function look(count: number, openVisit: OpenVisit): FillDrainMeasurement {
  return {
    kind: 'fill-drain',
    timed: 'drain',
    open() {
      const rings = Array.from({ length: count }, () => createRing({ size: RING_BYTES }))
      const producer = openProducer(rings[count - 1] as (typeof rings)[number])
      const { f64 } = producer.memory
      let check: SequenceCheck
      const visit = openVisit(
        rings.map(({ handle }) => handle),
        () => check,
      )
      return {
        fill(first) {
          const address = producer.reserve(LOOK_BYTES)
          f64[address >>> 3] = first
          producer.submit(address)
          return 1
        },
        drain(to) {
          check = to
          visit()
        },
      }
    },
  }
}

const floods = (openLoop: OpenLoop): Contestant['cases'] => ({
  ...axisCases('rings-one', (count) => flood('one', count, openLoop)),
  ...axisCases('rings-all', (count) => flood('all', count, openLoop)),
})

const looks = (openVisit: OpenVisit): Contestant['cases'] =>
  axisCases('rings-look', (count) => look(count, openVisit))

export const pollerCases: Contestant['cases'] = { ...floods(polling(blocking)), ...looks(visitByPoller) }
export const pollerAsyncCases: Contestant['cases'] = floods(polling(asynchronous))

export const contestants: readonly Contestant[] = [
  {
    name: 'ours-by-hand',
    about: 'consumeRaw of all rings, one after the other, without pause',
    absent: () => null,
    cases: { ...floods(byHand), ...looks(visitByHand) },
  },
]
