/** What can be done to a plug-in, and what it has come to. */
import { SingleBar } from 'cli-progress'
import type { Case } from './case.js'
import type { Options } from './options.js'
import { PluginError } from './plugin.js'
import { commandOf } from './plugins.js'
import { compareRandomly } from './random/compare.js'
import { describeComparison, describeResult, figuresOf, isGood } from './report.js'
import { runCases } from './run.js'

export interface Outcome {
  readonly ok: boolean
  /** For people. */
  readonly text: string
  /** For programs. */
  readonly figures: object
}

/**
 * @param name as it was asked for
 * @param alone no others are told of: what was not run can be listed
 */
export type Work = (name: string, command: readonly string[], alone: boolean) => Promise<Outcome>

export function tryCases(cases: readonly Case[], { timeLimit: limitMs }: Options): Work {
  return async (_, command, alone) => {
    const result = await runCases(command, cases, { limitMs })
    return { ok: isGood(result), text: describeResult(result, alone), figures: figuresOf(result) }
  }
}

/** @throws Error where the judge cannot be started here */
export function tryOperations(operations: number, { judge, seed, timeLimit: limitMs }: Options): Work {
  const judging = commandOf(judge)
  return async (name, command) => {
    const bar = new SingleBar({
      format: '{bar} {percentage}% | {value} of {total} operations',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
      hideCursor: true,
    })
    const again = `again: npm run conformance -- --plugin '${name}' --judge '${judge}' --random ${operations} --seed ${seed}`
    bar.start(operations, 0)
    try {
      const onProgress = (done: number) => bar.update(Math.min(done, operations))
      const options = { operations, seed, limitMs, onProgress }
      const comparison = await compareRandomly([judging, command], options)
      bar.stop()
      const { difference } = comparison
      return {
        ok: difference === undefined,
        text: describeComparison(comparison, seed, again),
        figures: { ...comparison, seed },
      }
    } catch (error) {
      bar.stop()
      if (!(error instanceof PluginError)) throw error
      const failure = `${command.join(' ')}, judged by ${judge}: ${error.message}\n${again}`
      return { ok: false, text: `FAILED  ${failure}\n`, figures: { failure } }
    }
  }
}
