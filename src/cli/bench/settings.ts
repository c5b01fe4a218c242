import { formatBytes, parseRingSize, RingbufError } from 'bpf-ringbuf'
import { type Context, type OptionValue, UsageError } from '../command.js'
import { type Case, casesFor, DEFAULT_PRODUCERS } from './cases.js'
import { BATCH_RECORDS } from './contestants/batch.js'
import { CONTESTANT_NAMES } from './contestants/index.js'
import { DOUBLE_BYTES, SMALLEST_BYTES } from './run/record.js'

/** What the user asked for, checked. */
export interface Settings {
  /** With those contestants that were asked for. None is without. */
  readonly cases: readonly Case[]
  readonly rounds: number
  /** Of each run. */
  readonly warmUpMs: number
  readonly measuredMs: number
  readonly ringBytes: number
  readonly json: boolean
}

export const DEFAULT_RING_SIZE = '1 MiB'
const LARGEST_BYTES = 65_536
const MOST_PRODUCERS = 64
const MOST_SECONDS = 60

/** Together under a minute, and under a quarter of one, on two processors. */
const FULL = { rounds: 3, warmUpMs: 150, measuredMs: 200 }
const QUICK = { rounds: 1, warmUpMs: 100, measuredMs: 120 }
/** JavaScript is compiled while it runs; who measures for a longer time may warm up for longer too. */
const WARM_UP_SHARE = 0.5

/** @throws UsageError */
export function readSettings({ options }: Context): Settings {
  const { seconds, size, producers, only } = options
  const plan = options['quick'] === true ? QUICK : FULL
  const ringBytes = readRingSize(options['ringSize'] ?? DEFAULT_RING_SIZE)
  const bytes = size === undefined ? undefined : readBytes(size)
  const cases = casesFor(bytes, readProducers(producers ?? String(DEFAULT_PRODUCERS)))
  const measuredMs = seconds === undefined ? plan.measuredMs : readSeconds(seconds) * 1e3
  const chosen = choose(cases, Array.isArray(only) ? only : [])
  mustFit(chosen, ringBytes)
  return {
    cases: chosen,
    rounds: plan.rounds,
    measuredMs,
    warmUpMs: seconds === undefined ? plan.warmUpMs : measuredMs * WARM_UP_SHARE,
    ringBytes,
    json: options['json'] === true,
  }
}

/** Names of cases and of contestants, together: who is named, in what is named; where none is named, all. */
function choose(cases: readonly Case[], names: readonly string[]): readonly Case[] {
  const known = [...cases.map(({ name }) => name), ...CONTESTANT_NAMES]
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new UsageError(`--only '${unknown}' is none of: ${known.join(', ')}`)
  const some = cases.filter(({ name }) => names.includes(name))
  const who = CONTESTANT_NAMES.filter((name) => names.includes(name))
  const chosen = (some.length > 0 ? some : cases).flatMap((item) => {
    const taking = item.contestants.filter((name) => who.length === 0 || who.includes(name))
    return taking.length > 0 ? [{ ...item, contestants: taking }] : []
  })
  if (chosen.length > 0) return chosen
  throw new UsageError(`--only ${names.join(' ')}: nobody of them takes part in that`)
}

/** Two batches, so that one can be filled while the other is read. */
function mustFit(cases: readonly Case[], ringBytes: number): void {
  const needed = Math.max(...cases.map(({ bytes }) => 2 * BATCH_RECORDS * (bytes + DOUBLE_BYTES)))
  if (needed <= ringBytes) return
  throw new UsageError(
    `--ring-size ${formatBytes(ringBytes)} is too small: the largest records need ${formatBytes(needed)}`,
  )
}

function readSeconds(value: OptionValue): number {
  const seconds = Number(value)
  if (/^[\d.]+$/.test(String(value)) && seconds > 0 && seconds <= MOST_SECONDS) return seconds
  throw new UsageError(`--seconds '${value}' must be a number above 0, at most ${MOST_SECONDS}`)
}

function readProducers(value: OptionValue): number {
  const producers = Number(value)
  if (/^\d+$/.test(String(value)) && producers >= 1 && producers <= MOST_PRODUCERS) return producers
  throw new UsageError(`--producers '${value}' must be a whole number from 1 to ${MOST_PRODUCERS}`)
}

function readBytes(value: OptionValue): number {
  const bytes = Number(value)
  const whole = /^\d+$/.test(String(value)) && bytes % DOUBLE_BYTES === 0
  if (whole && bytes >= SMALLEST_BYTES && bytes <= LARGEST_BYTES) return bytes
  throw new UsageError(
    `--size '${value}' must be a multiple of ${DOUBLE_BYTES} from ${SMALLEST_BYTES} to ${LARGEST_BYTES}`,
  )
}

function readRingSize(value: OptionValue): number {
  try {
    return parseRingSize(String(value))
  } catch (error) {
    if (error instanceof RingbufError) throw new UsageError(`--ring-size: ${error.message}`)
    throw error
  }
}
