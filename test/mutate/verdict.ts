/** What became of each mutant, kept in a file so that a long run can be interrupted, and goes on. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, type Mutant, nameOf } from './mutant.js'
import { KEPT } from './workshop.js'

export interface Verdict {
  readonly outcome: 'noticed' | 'survived'
  /** Who noticed, and what. */
  readonly by?: string
  /** Whether it was noticed because something took too long. */
  readonly late?: boolean
  /** How many test files were asked, of how many that come by. */
  readonly asked?: number
  readonly concerned?: number
}

interface Kept extends Verdict {
  readonly key: string
  /** Of what survived: the tests that did not notice. When any has changed, they are asked again. */
  readonly tests?: string
}

const FILE = join(KEPT, 'verdicts.jsonl')

export class Verdicts {
  readonly #kept = new Map<string, Kept>()
  readonly #tests: string

  /** `tests` names the tests, and how long they are asked. */
  constructor(tests: string) {
    this.#tests = tests
    for (const kept of read()) this.#kept.set(kept.key, kept)
  }

  find(mutant: Mutant, source: string): Verdict | undefined {
    const kept = this.#kept.get(keyOf(mutant, source))
    return kept && (kept.outcome === 'noticed' || kept.tests === this.#tests) ? kept : undefined
  }

  keep(mutant: Mutant, source: string, verdict: Verdict): void {
    const kept: Kept = { key: keyOf(mutant, source), ...verdict, tests: this.#tests }
    this.#kept.set(kept.key, kept)
    mkdirSync(KEPT, { recursive: true })
    appendFileSync(FILE, `${JSON.stringify(kept)}\n`)
  }
}

function keyOf(mutant: Mutant, source: string): string {
  return hashOf(nameOf(mutant), mutant.fault, mutant.text, source)
}

function read(): Kept[] {
  try {
    // A last line may be half written.
    const lines = readFileSync(FILE, 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line))
  } catch {
    return []
  }
}
