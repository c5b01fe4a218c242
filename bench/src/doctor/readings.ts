/**
 * What the doctor reads off the machine before it judges (judge.ts).
 *
 * For some seconds it sends the cache line to and fro, again and again, as it is done around every run. That keeps
 * both cpus busy, so that a hypervisor which has others to serve takes them away, and it shows.
 */
import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import { whyNotNative } from '../native.js'
import { cpuTimes, ownCpuMs, roundTripNs } from './probes.js'

export interface Readings {
  readonly cpus: number
  /** How long was looked, in ms. */
  readonly wallMs: number
  /** A cache line to the other cpu and back, each time in ns; null where it could not be probed. */
  readonly roundTripsNs: readonly (number | null)[]
  /** Over all cpus: what the hypervisor took away, and what other processes used. */
  readonly stolenMs: number
  readonly othersMs: number
  /** Of `performance.now`: the smallest step that it takes, and what a look costs. */
  readonly clockStepNs: number
  readonly clockReadNs: number
  /** Why it cannot be had, or null when it can. */
  readonly without: Readonly<Record<Tool, string | null>>
}

export type Tool = 'gcc' | 'taskset' | 'bpf'

export async function readMachine(seconds: number): Promise<Readings> {
  // What has to be compiled is compiled before the clock runs.
  const without = {
    gcc: whyNotNative('pingpong'),
    taskset: whyNotTaskset(),
    bpf: whyNotNative('kernel_ring'),
  }
  const clock = readClock()
  const start = { at: performance.now(), own: ownCpuMs(), ...cpuTimes() }
  const roundTripsNs: (number | null)[] = []
  do {
    roundTripsNs.push(roundTripNs())
    await turn()
  } while (performance.now() - start.at < seconds * 1e3)
  const end = cpuTimes()
  return {
    cpus: os.availableParallelism(),
    wallMs: performance.now() - start.at,
    roundTripsNs,
    stolenMs: end.stolenMs - start.stolenMs,
    othersMs: Math.max(0, end.busyMs - start.busyMs - (ownCpuMs() - start.own)),
    ...clock,
    without,
  }
}

const CLOCK_LOOKS = 100_000

function readClock(): Pick<Readings, 'clockStepNs' | 'clockReadNs'> {
  let step = Number.POSITIVE_INFINITY
  const start = performance.now()
  let last = start
  for (let look = 0; look < CLOCK_LOOKS; look++) {
    const now = performance.now()
    if (now > last) step = Math.min(step, now - last)
    last = now
  }
  return { clockStepNs: step * 1e6, clockReadNs: ((last - start) * 1e6) / CLOCK_LOOKS }
}

function whyNotTaskset(): string | null {
  try {
    execFileSync('taskset', ['-cp', `${process.pid}`], { stdio: 'pipe' })
    return null
  } catch (error) {
    const { code } = error as { code?: string }
    return code === 'ENOENT'
      ? 'no taskset: install util-linux'
      : `taskset failed: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}
