/** `many-rings`: one poller, and one producer that writes to all of its rings. And `event-loop-delay` with four. */
import {
  attachRing,
  createRing,
  openPoller,
  openProducer,
  type RingHandle,
  type RingPoller,
} from '../../../../dist/index.js'
import type { Contestant, HandOffMeasurement, HandOffProducer, HandOffShared } from '../../contestant.js'
import { FLOOD_BYTES, RING_COUNTS, SMALL_RING_BYTES } from '../../waiting/cases.js'
import type { WakeUpMeasurement } from '../../waiting/measurements.js'
import { stampsInto } from '../latency/rings.js'
import { rawCheck, rawStamped } from './common.js'

type Handles = readonly RingHandle[]
/** Polls until all rings are finished. */
export type Poll = (poller: RingPoller, turn: () => void) => void | Promise<void>

export function shareRings(count: number, size: number): HandOffShared<Handles> {
  const handles = Array.from({ length: count }, () => createRing({ size }).handle)
  return { producer: handles, consumer: handles }
}

/** A record for each ring in turn. */
export function roundRobin(handles: Handles): HandOffProducer {
  const producers = handles.map((handle) => openProducer(attachRing(handle)))
  let next = 0
  return {
    push(payload) {
      if ((producers[next] as (typeof producers)[number]).output(payload) !== 0) return false
      next = next + 1 === producers.length ? 0 : next + 1
      return true
    },
    end() {
      for (const { ring } of producers) ring.close()
    },
  }
}

export const blocking: Poll = (poller, turn) => {
  while (!poller.finished) {
    poller.poll()
    turn()
  }
}

export const asynchronous: Poll = async (poller, turn) => {
  while (!poller.finished) {
    await poller.pollAsync()
    turn()
  }
}

function flood(count: number, poll: Poll): HandOffMeasurement<Handles> {
  return {
    kind: 'hand-off',
    bytes: FLOOD_BYTES,
    rings: count,
    share: () => shareRings(count, SMALL_RING_BYTES),
    producer: roundRobin,
    consumer(handles) {
      const rings = handles.map((handle) => attachRing(handle))
      // Each ring is a memory of its own, so each has a callback of its own.
      return {
        run(check, turn) {
          const poller = openPoller()
          for (const ring of rings) poller.addRaw(ring, rawCheck(FLOOD_BYTES, check))
          return poll(poller, turn)
        },
      }
    },
  }
}

function wakeUp(count: number, poll: Poll): WakeUpMeasurement<Handles> {
  return {
    kind: 'wake-up',
    rings: count,
    share: () => shareRings(count, SMALL_RING_BYTES),
    producer: (handles) => stampsInto(handles.map((handle) => openProducer(attachRing(handle)))),
    consumer(handles) {
      const rings = handles.map((handle) => attachRing(handle))
      return {
        run(onRecord) {
          const poller = openPoller()
          for (const ring of rings) poller.addRaw(ring, rawStamped(onRecord))
          return poll(poller, () => {})
        },
      }
    },
  }
}

function casesOf(poll: Poll): Contestant['cases'] {
  return Object.fromEntries(
    RING_COUNTS.flatMap((rings) => [
      [`many-rings-flood-${rings}`, flood(rings, poll)],
      [`many-rings-wakeup-${rings}`, wakeUp(rings, poll)],
    ]),
  )
}

export const manyRings = {
  blocking: casesOf(blocking),
  async: casesOf(asynchronous),
}
