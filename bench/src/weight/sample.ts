/** What a process holds now, after all garbage was collected. */
import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

export interface Sample {
  readonly rss: number
  readonly heap: number
  /** Outside of V8's heap, and known to V8: buffers. Memory that threads share is not among it. */
  readonly external: number
  /** Of Node: timers, ports, watches. */
  readonly handles: number
  readonly descriptors: number
}

/** What is freed by finalizers, and by threads beside this one, is freed a little later. */
const SETTLE_MS = 20
const ROUNDS = 2

/** Needs --expose-gc. */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('this process was started without --expose-gc')
  for (let round = 0; round < ROUNDS; round++) {
    globalThis.gc()
    await setTimeout(SETTLE_MS)
  }
}

export async function sample(): Promise<Sample> {
  await collectGarbage()
  const { rss, heapUsed: heap, external } = process.memoryUsage()
  return {
    rss,
    heap,
    external,
    handles: process.getActiveResourcesInfo().length,
    descriptors: readdirSync('/proc/self/fd').length,
  }
}
