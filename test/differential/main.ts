/**
 * The kernel as judge: the same long random sequences of steps in its ring buffer and in ours.
 * `npm run differential -- --steps 1000000 --json`
 *
 * A difference is shrunk to the shortest sequence that still shows it.
 */
import { setImmediate } from 'node:timers/promises'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import fc from 'fast-check'
import { again } from '../ring/support/again.js'
import { compare, step } from './compare.js'
import { SUBJECTS } from './subject.js'

const options = new Command('differential')
  .option('--steps <n>', 'steps in all', wholeNumber, 20_000)
  .option('--seed <n>', 'what they are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{ steps: number; seed: number; json: boolean }>()

const SEQUENCE_MOST = 200

const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} steps',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 10_000,
  hideCursor: true,
})
const started = performance.now()
let steps = 0
let sequences = 0
let failure: string | undefined
bar.start(options.steps, 0)
for (let seed = options.seed; steps < options.steps && failure === undefined; seed++) {
  const outcome = fc.check(
    fc.property(fc.array(step, { minLength: 1, maxLength: SEQUENCE_MOST, size: 'max' }), (sequence) => {
      sequences++
      compare(sequence, () => {
        steps++
      })
    }),
    { seed, numRuns: 10 },
  )
  bar.update(Math.min(steps, options.steps))
  // Where buffers cannot be detached (Node 20), memory that was unmapped goes with the garbage, in a turn of
  // the event loop: a process may have 65,530 mappings.
  await setImmediate()
  if (seed % 20 === 0) (globalThis as { gc?: () => void }).gc?.()
  if (outcome.failed) {
    const { counterexample, errorInstance, error } = outcome as { error?: string } & typeof outcome
    const what = errorInstance instanceof Error ? errorInstance.stack : error
    const line = again('differential', { steps: 1, seed })
    failure = `after shrinking:\n${fc.stringify(counterexample?.[0])}\n${what}\n${line}`
  }
}
bar.stop()
if (failure) process.stdout.write(`FAILED  ${failure}\n`)
else
  process.stdout.write(
    `ok  ${steps} steps in ${sequences} sequences: ${SUBJECTS.join(', ')} do what the kernel does\n`,
  )
if (options.json) {
  const seconds = (performance.now() - started) / 1000
  const figures = { steps, sequences, subjects: SUBJECTS, seed: options.seed, seconds }
  process.stdout.write(`${JSON.stringify({ ok: failure === undefined, figures, failure })}\n`)
}
process.exitCode = failure ? 1 : 0

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('must be a whole number above 0')
}
