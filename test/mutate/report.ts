import Table from 'cli-table3'
import { whyNot } from './equivalent.js'
import type { FaultClass, Mutant } from './mutant.js'
import { diffOf, sourceLine } from './source-line.js'
import type { Verdict } from './verdict.js'

/** A mutant and what became of it. */
export interface Judged {
  readonly mutant: Mutant
  /** The file it is in, without the fault. */
  readonly source: string
  readonly verdict: Verdict
}

export interface Figures {
  mutants: number
  noticed: number
  /** Of those, because something took too long. */
  late: number
  explained: number
  survived: number
}

export function figuresOf(judged: readonly Judged[]): Figures {
  const total: Figures = { mutants: 0, noticed: 0, late: 0, explained: 0, survived: 0 }
  for (const { mutant, verdict } of judged) {
    total.mutants++
    if (verdict.outcome === 'noticed') total.noticed++
    else if (whyNot(mutant)) total.explained++
    else total.survived++
    if (verdict.late) total.late++
  }
  return total
}

/** Noticed or explained, of all, in percent, rounded down. */
export function scoreOf({ mutants, noticed, explained }: Figures): number {
  return mutants === 0 ? 100 : Math.floor(((noticed + explained) * 1000) / mutants) / 10
}

export function ofClass(judged: readonly Judged[], which: FaultClass): Judged[] {
  return judged.filter(({ mutant }) => mutant.class === which)
}

/** By file, and in all. */
export function tableOf(judged: readonly Judged[]): string {
  const table = new Table({
    head: ['file', 'class', 'mutants', 'noticed', 'late', 'explained', 'survived', 'score'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  })
  const row = (name: string, which: FaultClass, part: readonly Judged[]) => {
    if (part.length === 0) return
    const figures = figuresOf(part)
    const { mutants, noticed, late, explained, survived } = figures
    table.push([name, which, mutants, noticed, late, explained, survived, `${scoreOf(figures)} %`])
  }
  const files = [...new Set(judged.map(({ mutant }) => mutant.file))].sort()
  for (const which of ['A', 'B'] as const) {
    const part = ofClass(judged, which)
    for (const file of files)
      row(
        file,
        which,
        part.filter(({ mutant }) => mutant.file === file),
      )
    row('all', which, part)
  }
  return table.toString()
}

/** What survived, each with its explanation, or without. */
export function survivorsOf(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ mutant, source, verdict }) => {
    if (verdict.outcome === 'noticed') return []
    const { asked = 0, concerned = 0 } = verdict
    const why = whyNot(mutant) ?? `not noticed (${asked} test files asked of ${concerned} that come by)`
    const place = `${sourceLine(mutant, source)} ${mutant.within}: ${mutant.fault}`
    return [`${mutant.class}  ${place}\n${diffOf(mutant, source)}\n    ${why}`]
  })
}

/** Explained, and noticed all the same. */
export function wronglyExplained(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ mutant, source, verdict }) => {
    const why = whyNot(mutant)
    if (!why || verdict.outcome === 'survived') return []
    return [
      `${sourceLine(mutant, source)} ${mutant.fault}: ${verdict.by} notices. It was thought that ${why}`,
    ]
  })
}
