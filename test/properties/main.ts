/**
 * All properties, or some: random cases against models, and a failing case made short.
 * `npm run properties -- --runs 10000 --only lease --json`
 */
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { SEED } from '../ring/support/random.js'
import { CANARY } from './canary.js'
import { PROPERTIES } from './index.js'
import type { Verdict } from './property.js'

const options = new Command('properties')
  .option('--runs <n>', 'cases of each property', wholeNumber, 1000)
  .option('--seed <n>', 'what they are drawn from', wholeNumber, SEED)
  .option('--only <text>', 'properties with this in their name', '')
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ runs: number; seed: number; only: string; json: boolean }>()
const { runs, seed } = options

const wanted = PROPERTIES.filter(({ name }) => name.includes(options.only))
if (wanted.length === 0) {
  process.stderr.write(`no property matches ${options.only}\n`)
  process.exit(2)
}
const checked = wanted.filter(({ skip }) => !skip)

const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} cases | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 10_000,
  hideCursor: true,
})
const started = performance.now()
bar.start((checked.length + 1) * runs, 0, { name: '' })
const verdicts: Verdict[] = []
for (const [i, { name, run }] of [CANARY, ...checked].entries()) {
  let cases = 0
  const done = () => bar.update(i * runs + Math.min(++cases, runs), { name })
  verdicts.push(await run({ runs, seed, done }))
}
bar.stop()

const [canary, ...others] = verdicts as [Verdict, ...Verdict[]]
if (canary.counterexample === undefined)
  process.stdout.write('FAILED  canary: a law that does not hold was believed\n')
for (const { name, runs, counterexample } of others) {
  const { law = '' } = checked.find((property) => property.name === name) ?? {}
  if (counterexample === undefined) process.stdout.write(`ok  ${name.padEnd(16)}${runs} cases  ${law}\n`)
  else
    process.stdout.write(
      `FAILED  ${name}: ${law}\n${again('properties', { only: name, runs: options.runs, seed })}\n\n${counterexample.program}\n${messageOf(counterexample.error)}\n\n`,
    )
}
for (const { name, skip } of wanted) if (skip) process.stdout.write(`skipped  ${name}: ${skip}\n`)

const ok =
  canary.counterexample !== undefined && others.every(({ counterexample }) => counterexample === undefined)
if (options.json) {
  const failed = others.filter(({ counterexample }) => counterexample !== undefined).map(({ name }) => name)
  const figures = {
    properties: others.length,
    cases: others.reduce((sum, { runs }) => sum + runs, 0),
    seconds: (performance.now() - started) / 1000,
    seed,
  }
  process.stdout.write(`${JSON.stringify({ ok, figures, failed })}\n`)
}
process.exit(ok ? 0 : 1)

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
