/**
 * Runs one measurement in a process of its own and reads its JSON line.
 *
 * A fresh process each time: what V8 learned, what the allocator holds and where memory lies is drawn anew, so a
 * lucky start cannot colour all the runs of a contestant.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CaseName } from './cases.js'
import type { Figure, Measurement } from './contestant.js'
import { nativeArguments, nativePath } from './native.js'
import type { Plan } from './suites.js'

/** Start, pinning and draining; whoever needs more than this has stopped. */
const GRACE_SECONDS = 20

/** See heap/measure.ts, and weight/: a young generation of one size, so that V8 does not enlarge it meanwhile. */
const COUNTED_GARBAGE = ['--expose-gc', '--min-semi-space-size=16', '--max-semi-space-size=16']

const COUNTED_KINDS: ReadonlySet<Measurement['kind']> = new Set(['heap', 'footprint', 'growth'])

const MEASURE = fileURLToPath(new URL('./measure.js', import.meta.url))

export type Answer = Figure | { readonly error: string; readonly cpuMs?: never }

export async function runOnce(
  contestant: string,
  caseName: CaseName,
  measurement: Measurement,
  durations: Plan,
): Promise<Answer> {
  const { seconds, nativeWarmUpSeconds, scriptWarmUpSeconds } = durations
  const [file, args] =
    measurement.kind === 'native'
      ? [
          nativePath(measurement.program),
          [
            measurement.measurement,
            `${nativeWarmUpSeconds}`,
            `${seconds}`,
            ...nativeArguments(measurement.settings),
          ],
        ]
      : [
          process.execPath,
          [
            ...(COUNTED_KINDS.has(measurement.kind) ? COUNTED_GARBAGE : []),
            MEASURE,
            contestant,
            caseName,
            `${scriptWarmUpSeconds}`,
            `${seconds}`,
          ],
        ]
  const timeoutMs = (seconds + scriptWarmUpSeconds + GRACE_SECONDS) * 1e3
  return new Promise((resolve) => {
    execFile(file, args, { timeout: timeoutMs, killSignal: 'SIGKILL' }, (failure, stdout, stderr) => {
      resolve(readAnswer(stdout) ?? { error: explain(failure, stderr, timeoutMs) })
    })
  })
}

function readAnswer(stdout: string): Answer | null {
  try {
    const answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Partial<
      Figure & { error: string; absent: string }
    >
    if (typeof answer.value === 'number' && Number.isFinite(answer.value)) return answer as Figure
    return { error: answer.error ?? answer.absent ?? `printed ${stdout.trim()}` }
  } catch {
    return null
  }
}

function explain(
  failure: { killed?: boolean; message: string } | null,
  stderr: string,
  timeoutMs: number,
): string {
  if (failure?.killed === true) return `did not end within ${timeoutMs / 1e3} s`
  const lastWords = stderr
    .trim()
    .split('\n')
    .find((line) => line.includes('Error'))
  return lastWords ?? failure?.message ?? 'printed nothing'
}
