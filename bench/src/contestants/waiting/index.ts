/** This package in the suite `waiting`: one contestant for each way to wait, to take records, and to wake. */
import type { Contestant } from '../../contestant.js'
import { reading } from '../axes/reading.js'
import { pollerAsyncCases, pollerCases } from '../axes/rings.js'
import { latency } from '../latency/ours.js'
import { eventLoop } from './event-loop.js'
import { lease } from './lease.js'
import { manyRings } from './many-rings.js'
import { WAITING, WAITING_NAMES, type WaitingName } from './names.js'
import { policy } from './policy.js'
import { throughput } from './throughput.js'

const CASES: Readonly<Record<WaitingName, Contestant['cases']>> = {
  'ours-busy': { ...throughput.busy, ...policy.busy, ...latency.busy },
  'ours-adaptive': { ...throughput.adaptive, ...policy.adaptive, ...latency.adaptive },
  'ours-spin': throughput.spin,
  'ours-yield': throughput.yield,
  'ours-park': { ...throughput.park, ...policy.park, ...latency.park },
  'ours-async': { ...throughput.async, ...latency.async },
  'ours-async-park': latency.asyncPark,
  'ours-for-await': { ...throughput.forAwait, ...eventLoop.forAwait },
  'ours-raw': { ...lease.raw, ...reading.raw },
  'ours-lease': { ...lease.lease, ...reading.lease },
  'ours-copy-out': lease.copyOut,
  'ours-consume': { ...lease.consume, ...reading.consume },
  'ours-consume-pooled': { ...lease.consumePooled, ...reading.consumePooled },
  'ours-poll-1ms': policy.poll,
  'ours-watermark': { ...policy.watermark, ...latency.watermark },
  'ours-force': policy.force,
  'ours-sampled': policy.sampled,
  'ours-consume-async': eventLoop.waitAsync,
  'ours-poller-run': eventLoop.pollerRun,
  'ours-unbounded': eventLoop.unbounded,
  'ours-poller': { ...manyRings.blocking, ...pollerCases },
  'ours-poller-async': { ...manyRings.async, ...pollerAsyncCases },
}

export const contestants: readonly Contestant[] = WAITING_NAMES.map((name) => ({
  name,
  about: WAITING[name],
  absent: () => null,
  cases: CASES[name],
}))
