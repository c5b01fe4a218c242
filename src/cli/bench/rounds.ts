import { RingbufError } from 'bpf-ringbuf'
import type { Case } from './cases.js'
import type { Contestant } from './contestant.js'
import { loadContestant } from './contestants/index.js'
import { LoadMeter } from './load.js'
import { runOnce } from './run/crew.js'
import type { Figures, Task } from './run/task.js'
import type { Settings } from './settings.js'
import { shuffled } from './statistics.js'

/** One contestant in one case, and what its runs have found. */
export interface Entry {
  readonly case: Case
  readonly contestant: Contestant
  readonly task: Task
  readonly runs: Figures[]
  /** Why a run has no figure: records were lost, doubled or torn, or it could not run to its end. */
  readonly errors: string[]
}

/** Somebody who cannot run here, and why. */
export interface Absence {
  readonly contestant: string
  readonly reason: string
}

export interface Field {
  readonly entries: readonly Entry[]
  readonly absent: readonly Absence[]
}

/** Who takes part: those who can make what they need. */
export async function drawUp(settings: Settings): Promise<Field> {
  const entries: Entry[] = []
  const reasons = new Map<string, string>()
  for (const item of settings.cases) {
    for (const name of item.contestants) {
      if (reasons.has(name)) continue
      const contestant = await loadContestant(name)
      const task = taskOf(item, name, settings)
      const reason = whyNot(contestant, task)
      if (reason === null) entries.push({ case: item, contestant, task, runs: [], errors: [] })
      else reasons.set(name, reason)
    }
  }
  return { entries, absent: [...reasons].map(([contestant, reason]) => ({ contestant, reason })) }
}

function taskOf(
  { pace, producers, bytes }: Case,
  contestant: string,
  { ringBytes, warmUpMs, measuredMs }: Settings,
): Task {
  return { contestant, pace, producers, bytes, ringBytes, warmUpMs, measuredMs }
}

/** Tries it: whatever is missing, an operating system, a right or a package, says so by itself. */
function whyNot(contestant: Contestant, task: Task): string | null {
  try {
    contestant.share(task).close?.()
    return null
  } catch (error) {
    if (!(error instanceof RingbufError)) throw error
    return error.message
  }
}

/**
 * Lets everybody run once in each round, case by case, in an order drawn anew. Returns early when it is interrupted.
 *
 * @param onRun is called before each run
 * @returns how many processors were busy with other programs meanwhile
 */
export async function runRounds(
  entries: readonly Entry[],
  rounds: number,
  interrupted: AbortSignal,
  onRun: (entry: Entry, round: number) => void,
): Promise<number> {
  const load = new LoadMeter()
  for (let round = 1; round <= rounds; round++) {
    for (const item of new Set(entries.map((entry) => entry.case))) {
      for (const entry of shuffled(entries.filter((candidate) => candidate.case === item))) {
        if (interrupted.aborted) return load.others
        onRun(entry, round)
        const run = () => runEntry(entry, interrupted)
        // What a process of ours takes would be counted as others'.
        await (entry.contestant.producers === 'threads' ? load.around(run) : run())
      }
    }
  }
  return load.others
}

async function runEntry({ contestant, task, runs, errors }: Entry, interrupted: AbortSignal): Promise<void> {
  try {
    const figures = await runOnce(contestant, task, interrupted)
    if (figures) runs.push(figures)
  } catch (error) {
    errors.push(error instanceof Error ? error.message : String(error))
  }
}
