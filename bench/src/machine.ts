/** What the figures were measured on. Without it they mean little. */
import os from 'node:os'
import { commitOfSources } from './commit.js'
import { gccVersion } from './native.js'
import { DISTURBED, type Placement } from './placement.js'
import type { Entry } from './rounds.js'
import { commonestPlacement } from './rounds.js'
import { tally } from './statistics.js'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly kernel: string
  readonly node: string
  readonly gcc: string | null
  readonly commit: string | null
  /** Runs by placement, and the placement whose runs are compared. */
  readonly placements: Readonly<Partial<Record<Placement, number>>>
  readonly compared: Placement
  /** Runs in which a thread could not be bound to its cpu. */
  readonly unpinnedRuns: number
}

export function describeMachine(entries: readonly Entry[]): Machine {
  const runs = entries.flatMap((entry) => entry.runs)
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.cpus().length,
    kernel: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    gcc: gccVersion(),
    commit: commitOfSources(),
    placements: Object.fromEntries(tally(runs.map(({ placement }) => placement))),
    compared: commonestPlacement(entries),
    unpinnedRuns: runs.filter(({ figure }) => !figure.pinned).length,
  }
}

export function machineLine(machine: Machine): string {
  const placements = Object.entries(machine.placements).map(([kind, runs]) => `${kind} ${runs}`)
  const doubt = DISTURBED.has(machine.compared) ? ' (MOST runs were disturbed: do not trust the figures)' : ''
  const pinning =
    machine.unpinnedRuns === 0
      ? 'threads pinned'
      : `${machine.unpinnedRuns} runs NOT pinned (is taskset installed?)`
  return [
    `${machine.cpu}, ${machine.cores} cpus`,
    machine.kernel,
    `Node ${machine.node}`,
    machine.gcc ?? 'no gcc',
    `commit ${machine.commit ?? 'none'}`,
    `runs by placement: ${placements.join(', ')}; compared: ${machine.compared}${doubt}`,
    pinning,
  ].join(' | ')
}
