import type { ChildProcess } from 'node:child_process'
import { LONGEST_HOLD_UP_MS } from 'bpf-ringbuf'
import { createMappedRing } from 'bpf-ringbuf/mapped'
import type { Random } from '../ring/support/random.js'
import type { Lateness } from './metronome.js'
import { Reader, type ReaderReport } from './reader.js'
import { kill, Spares } from './spare.js'

export interface KillProducersOptions {
  readonly name: string
  readonly kills: number
  readonly producers: number
  readonly spares: number
  readonly random: Random
  readonly lateness: Lateness
  /** Called after each. */
  readonly killed: () => void
}

/**
 * Producers that are killed at random moments, in full flow, and replaced at once; and a consumer that misses nothing,
 * and is held up by none of it for longer than is said.
 */
export async function killProducers(options: KillProducersOptions): Promise<ReaderReport> {
  const { name, kills, producers, random, lateness } = options
  using ring = createMappedRing({ size: '64 KiB', file: name, lostRecords: true })
  const reader = new Reader(name, lateness)
  const spares = new Spares('producer', name, options.spares)
  try {
    const alive: ChildProcess[] = []
    for (let i = 1; i < producers; i++) alive.push(await spares.next())
    for (let i = 0; i < kills && !reader.failed; i++) {
      alive.push(await spares.next())
      reader.expect(alive)
      await pause(random.below(LONGEST_PAUSE_MS + 1))
      const [victim] = alive.splice(random.below(alive.length), 1)
      await kill(victim as ChildProcess)
      options.killed()
    }
    reader.drain()
    for (const child of alive) await kill(child)
    const report = await reader.end(spares.lives)
    return { ...report, failure: report.failure ?? whatTookTooLong(report) }
  } finally {
    spares.killAll()
    ring.unlink()
  }
}

/** So that kills do not come in step with the starts of others. */
const LONGEST_PAUSE_MS = 10

function whatTookTooLong({ holds }: ReaderReport): string | undefined {
  if (holds.longestServedMs <= LONGEST_HOLD_UP_MS) return undefined
  return `the consumer was held up for ${holds.longestServedMs} ms, not ${LONGEST_HOLD_UP_MS} at most`
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
