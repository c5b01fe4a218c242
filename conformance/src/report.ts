/** What people are told of a run. */
import type { Comparison } from './random/compare.js'
import type { Result, Skip } from './run.js'

export function isGood({ failures, gaveUp }: Result): boolean {
  return failures.length === 0 && gaveUp === undefined
}

export function describeResult(result: Result, withSkips: boolean): string {
  const { name, passed, failures, skipped, operations, seconds, gaveUp } = result
  const lines = failures.map(({ case: one, operation, got }) =>
    [
      `FAILED  ${one.title}`,
      `        ${operation.place.file}:${operation.place.line}: ${operation.text}`,
      `        expected ${operation.expected}`,
      `        got      ${got.replaceAll('\n', '\n                 ')}`,
    ].join('\n'),
  )
  if (gaveUp !== undefined) lines.push(`FAILED  ${name} was given up: ${gaveUp}`)
  if (withSkips) lines.push(...describeSkips(skipped))
  const figures = `${passed} passed, ${failures.length} failed, ${skipped.length} not run`
  lines.push(
    `${isGood(result) ? 'ok    ' : 'FAILED'}  ${name}: ${figures}; ${operations} operations in ${seconds.toFixed(1)} s`,
  )
  return `${lines.join('\n')}\n`
}

function describeSkips(skipped: readonly Skip[]): string[] {
  return skipped.map(({ case: one, missing }) => `not run: ${one.title}: needs ${missing.join(', ')}`)
}

export function describeComparison(
  { names, operations, sequences, difference }: Comparison,
  seed: number,
  again: string,
): string {
  const figures = `${names.join(' and ')}: ${operations} operations in ${sequences} sequences, seed ${seed}`
  return difference === undefined ? `ok      ${figures}\n` : `FAILED  ${figures}\n${difference}${again}\n`
}

/** The same for programs. */
export function figuresOf({ name, passed, failures, skipped, operations, seconds, gaveUp }: Result) {
  return {
    name,
    passed,
    operations,
    seconds: Number(seconds.toFixed(3)),
    failures: failures.map(({ case: one, operation, got }) => ({
      case: one.title,
      at: `${operation.place.file}:${operation.place.line}`,
      operation: operation.text,
      expected: operation.expected,
      got,
    })),
    skipped: skipped.map(({ case: one, missing }) => ({ case: one.title, needs: missing })),
    ...(gaveUp !== undefined && { gaveUp }),
  }
}
