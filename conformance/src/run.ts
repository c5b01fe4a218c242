/** Runs cases on a plug-in. */
import type { Capability } from './capabilities.js'
import type { Case, Operation } from './case.js'
import { shownAnswer } from './expectation.js'
import { Plugin, PluginError } from './plugin.js'

export interface Failure {
  readonly case: Case
  readonly operation: Operation
  /** What came instead of what was expected; or what is wrong with the plug-in. */
  readonly got: string
}

export interface Skip {
  readonly case: Case
  readonly missing: readonly Capability[]
}

export interface Result {
  readonly name: string
  readonly passed: number
  readonly operations: number
  readonly failures: readonly Failure[]
  readonly skipped: readonly Skip[]
  readonly seconds: number
  /** Why it was not run to its end. */
  readonly gaveUp: string | undefined
}

export interface RunOptions {
  /** How long an answer may take. */
  readonly limitMs: number
  /** Stop at the first that fails. */
  readonly untilFailure?: boolean
}

/** So often a plug-in is started anew after it has died or hung. */
const BREAKDOWNS_MOST = 5

export async function runCases(
  command: readonly string[],
  cases: readonly Case[],
  { limitMs, untilFailure = false }: RunOptions,
): Promise<Result> {
  const begun = performance.now()
  const failures: Failure[] = []
  const skipped: Skip[] = []
  let [passed, operations, breakdowns] = [0, 0, 0]
  let gaveUp: string | undefined
  let name = command.join(' ')
  let running: Awaited<ReturnType<typeof Plugin.start>> | undefined
  try {
    for (const one of cases) {
      running ??= await Plugin.start(command, limitMs)
      name = running.name
      const { plugin, has } = running
      const missing = one.needs.filter((need) => !has.has(need))
      if (missing.length > 0) {
        skipped.push({ case: one, missing })
        continue
      }
      const failure = await play(plugin, has, one, () => operations++)
      if (!failure) {
        passed++
        continue
      }
      failures.push(failure)
      if (untilFailure) break
      if (!failure.isBreakdown) continue
      plugin.stop()
      running = undefined
      if (++breakdowns === BREAKDOWNS_MOST) {
        gaveUp = `it broke down ${breakdowns} times`
        break
      }
    }
  } catch (error) {
    if (!(error instanceof PluginError)) throw error
    gaveUp = error.message
  } finally {
    running?.plugin.stop()
  }
  return { name, passed, operations, failures, skipped, seconds: (performance.now() - begun) / 1000, gaveUp }
}

/** Undefined: as it should be. */
export async function play(
  plugin: Plugin,
  has: ReadonlySet<Capability>,
  one: Case,
  onOperation: () => void,
): Promise<(Failure & { isBreakdown: boolean }) | undefined> {
  for (const operation of one.operations) {
    onOperation()
    try {
      const answer = await plugin.ask(operation.request)
      if (operation.matches(answer, has)) continue
      return { case: one, operation, got: shownAnswer(answer), isBreakdown: false }
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      return { case: one, operation, got: `the plug-in ${error.message}`, isBreakdown: true }
    }
  }
  return undefined
}
