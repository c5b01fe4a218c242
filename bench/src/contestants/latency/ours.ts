/** `loaded-latency` and `idle-wakeup`: a ring between threads, and the ways in which its consumer waits. */
import {
  attachRing,
  type OpenConsumerOptions,
  openProducer,
  type RingHandle,
} from '../../../../dist/index.js'
import type { Contestant } from '../../contestant.js'
import type { LoadedConsumer } from '../../latency/loaded.js'
import { WATERMARK_RECORDS } from '../../waiting/cases.js'
import type { WakeUpConsumer } from '../../waiting/measurements.js'
import { openShared, shareRing } from '../waiting/common.js'
import { idleWakeUp, loadedCases } from './cases.js'
import {
  asyncConsumer,
  blockingConsumer,
  duesInto,
  stampsInto,
  type Wait,
  waitAsOpened,
  waitBusy,
} from './rings.js'

const MOST_DELAY_MS = 5

const loaded = (consumer: (handle: RingHandle) => LoadedConsumer) =>
  loadedCases({
    share: shareRing,
    producer: (handle: RingHandle) => duesInto(openProducer(attachRing(handle))),
    consumer,
  })

const idle = (consumer: (handle: RingHandle) => WakeUpConsumer) =>
  idleWakeUp({
    share: shareRing,
    producer: (handle: RingHandle) => stampsInto([openProducer(attachRing(handle))]),
    consumer,
  })

function blocking(options: OpenConsumerOptions, wait: Wait = waitAsOpened): Contestant['cases'] {
  const consumer = (handle: RingHandle) => blockingConsumer(openShared(handle, options), wait)
  return { ...loaded(consumer), ...idle(consumer) }
}

/** Its promises are for event loops: there is no hurry in one that is loaded. */
function asynchronous(options: OpenConsumerOptions): Contestant['cases'] {
  return idle((handle) => asyncConsumer(openShared(handle, options)))
}

export const latency = {
  busy: blocking({}, waitBusy),
  adaptive: blocking({}),
  park: blocking({ strategy: 'park' }),
  watermark: blocking({ watermark: { records: WATERMARK_RECORDS, maxDelayMs: MOST_DELAY_MS } }),
  async: asynchronous({}),
  asyncPark: asynchronous({ strategy: 'park' }),
}
