/**
 * Handshakes between a producer that commits and a consumer that sleeps: how long the longest wake-up takes,
 * and that none is lost. `npm run handshakes -- --count 1000000 --json`
 *
 *   producer (worker)                      consumer (this thread; blocking, then not)
 *   commits, after a random delay   ──►    wakes up, takes it, perhaps is busy, sleeps
 *   looks until it is consumed      ◄──    stores its position
 *
 * for both builds and both orders of reservation. The delays are about as long as falling asleep takes, so
 * that commits meet consumers at every step of it. A stall is the time from the commit until the record is
 * consumed, but for the time in which, as Linux counts it, one of the two had no processor.
 */
import { cpus } from 'node:os'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { type Phase, type PhaseResult, runPhase } from './phase.js'

const BOTH: number[] = [1, 8]
const options = new Command('handshakes')
  .option('--count <n>', 'handshakes, for each number of rings', wholeNumber, 100_000)
  .option('--rings <n...>', 'rings that one consumer waits for: 1, or 8, or both', ringCount, BOTH)
  .option('--stall-ms <n>', 'the longest stall that passes', wholeNumber, 100)
  .option('--seed <n>', 'what delays and flags are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ count: number; rings: number[]; stallMs: number; seed: number; json: boolean }>()

const phases: Omit<Phase, 'handshakes'>[] = []
const { seed, stallMs: mostStallMs } = options
for (const rings of options.rings) {
  for (const blocking of [true, false]) {
    for (const engine of ['wasm', 'js'] as const) {
      for (const reservations of ['claim', 'lock'] as const) {
        phases.push({ engine, reservations, blocking, rings, seed, mostStallMs })
      }
    }
  }
}

const started = performance.now()
const results: PhaseResult[] = []
let failure: string | undefined
const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} handshakes | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 10_000,
  hideCursor: true,
})
const handshakes = Math.ceil((options.count * options.rings.length) / phases.length)
bar.start(handshakes * phases.length, 0, { name: '' })
for (const [i, phase] of phases.entries()) {
  const name = nameOf(phase)
  try {
    results.push(
      await runPhase({ ...phase, handshakes }, (done) => bar.update(i * handshakes + done, { name })),
    )
  } catch (error) {
    const line = again('handshakes', {
      count: options.count,
      rings: options.rings,
      'stall-ms': mostStallMs,
      seed,
    })
    failure = `${name}: ${error instanceof Error ? error.message : error}\n${line}`
    break
  }
}
bar.stop()

for (const result of results) {
  const { p50, p99, max } = stallsOf([result])
  const rate = Math.round(result.handshakes / result.seconds)
  const { wakeups, elided, spurious } = result
  process.stdout.write(
    `ok  ${nameOf(result).padEnd(28)}  stall p50 ${p50} us, p99 ${p99} us, max ${max} us; ` +
      `starved up to ${Math.round(result.starvedMs * 1000)} us; ${rate} a second; ${wakeups} wakeups, ${elided} elided, ${spurious} spurious\n`,
  )
}
if (failure) process.stdout.write(`FAILED  ${failure}\n`)
if (options.json) {
  const { p50, p99, max } = stallsOf(results)
  const figures = {
    count: sum(({ handshakes }) => handshakes),
    records: sum(({ records }) => records),
    rings: options.rings,
    stallP50Us: p50,
    stallP99Us: p99,
    stallMaxUs: max,
    stallLimitMs: mostStallMs,
    starvedMaxUs: Math.round(Math.max(0, ...results.map(({ starvedMs }) => starvedMs)) * 1000),
    wakeups: sum(({ wakeups }) => wakeups),
    elided: sum(({ elided }) => elided),
    spurious: sum(({ spurious }) => spurious),
    seconds: (performance.now() - started) / 1000,
    seed,
    cores: cpus().length,
  }
  process.stdout.write(`${JSON.stringify({ ok: !failure, ...figures, failure })}\n`)
}
process.exit(failure ? 1 : 0)

function nameOf({ engine, reservations, blocking, rings }: Omit<Phase, 'handshakes'>): string {
  return `${rings === 1 ? '1 ring' : `${rings} rings`}, ${blocking ? 'blocking' : 'async'} ${engine} ${reservations}`
}

function stallsOf(of: readonly PhaseResult[]): { p50: number; p99: number; max: number } {
  const all = new Float32Array(of.reduce((total, { stallsUs }) => total + stallsUs.length, 0))
  let at = 0
  for (const { stallsUs } of of) {
    all.set(stallsUs, at)
    at += stallsUs.length
  }
  all.sort()
  const quantile = (part: number) => Math.round(all[Math.floor(part * (all.length - 1))] ?? 0)
  return { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) }
}

function sum(of: (result: PhaseResult) => number): number {
  return results.reduce((total, result) => total + of(result), 0)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

function ringCount(text: string, before: readonly number[]): number[] {
  // The first that is given replaces the default.
  if (text === '1' || text === '8') return [...(before === BOTH ? [] : before), Number(text)]
  throw new InvalidArgumentError('It must be 1 or 8.')
}
