import type { Baseline } from './baseline.js'
import { covers } from './coverage.js'
import { whyNot } from './equivalent.js'
import { type Effort, Explorer } from './explorer.js'
import { costOf } from './likely.js'
import type { Mutant } from './mutant.js'
import { runTest } from './run-test.js'
import type { Verdict } from './verdict.js'
import type { Workshop } from './workshop.js'

/** A test that takes so much longer than it does without a fault hangs, on a busy machine, too. */
const limitOf = (ms: number) => 8000 + 6 * ms

/** Asks whoever may notice a mutant, one after another, until somebody does. */
export class Judge {
  readonly #workshop: Workshop
  readonly #explorer: Explorer
  readonly #baselines: () => Promise<readonly Baseline[]>
  readonly #patienceMs: number
  /** How often a test was the one that noticed a fault in a file: it may notice the next. */
  readonly #noticed = new Map<string, number>()

  /** `baselines` is asked for only when the explorer has not noticed something. */
  constructor(workshop: Workshop, baselines: () => Promise<readonly Baseline[]>, patienceMs: number) {
    this.#workshop = workshop
    this.#explorer = new Explorer(workshop.root)
    this.#baselines = baselines
    this.#patienceMs = patienceMs
  }

  /**
   * The explorer looks at a glance first, and for longer when the tests have not noticed; where it is about atomics, which are
   * what it is for, for longer before, and for very long in the end.
   */
  async judge(mutant: Mutant): Promise<Verdict> {
    const glance = await this.#explore(mutant, 'glance')
    if (glance) return glance
    const isOfAtomics = mutant.class === 'A'
    const look = isOfAtomics && (await this.#explore(mutant, 'look'))
    if (look) return look
    const baselines = await this.#baselines()
    const verdict = await this.#with(mutant, (no) => (no ? refused(no) : this.#askTests(mutant, baselines)))
    if (verdict.outcome === 'noticed' || whyNot(mutant)) return verdict
    return (await this.#explore(mutant, isOfAtomics ? 'stare' : 'look')) ?? verdict
  }

  end(): void {
    this.#explorer.end()
  }

  async #explore(mutant: Mutant, effort: Effort): Promise<Verdict | undefined> {
    if (!this.#workshop.isExplored(mutant)) return undefined
    await this.#explorer.prepare()
    const noticed = await this.#with(mutant, () => {
      const { file: module, within, start, fault } = mutant
      const line = this.#workshop.read(module).slice(0, start).split('\n').length
      return this.#explorer.notice({
        within,
        effort,
        ...(fault.endsWith('becomes plain') && { plainAt: { module, line } }),
      })
    })
    if (noticed === undefined) return undefined
    return { outcome: 'noticed', by: `explorer: ${noticed}`, late: noticed === 'takes too long' }
  }

  /** Does something while there is a fault. */
  async #with<T>(mutant: Mutant, work: (refused?: string) => Promise<T> | T): Promise<T> {
    const refused = this.#workshop.put(mutant)
    try {
      return await work(refused)
    } finally {
      this.#workshop.restore(mutant)
    }
  }

  async #askTests(mutant: Mutant, baselines: readonly Baseline[]): Promise<Verdict> {
    const { file, start } = mutant
    const concerned = baselines.filter(({ passes, coverage }) => passes && covers(coverage, file, start))
    // What nobody can notice is looked for, too, but not for long.
    const patienceMs = whyNot(mutant) ? this.#patienceMs / 10 : this.#patienceMs
    const cost = (baseline: Baseline) =>
      costOf(baseline, mutant) / (1 + 2 * (this.#noticed.get(`${file} ${baseline.test}`) ?? 0))
    let [asked, spent] = [0, 0]
    for (const { test, ms } of [...concerned].sort((a, b) => cost(a) - cost(b))) {
      if (asked > 0 && spent + ms > patienceMs) continue
      asked++
      spent += ms
      const { outcome, failed } = await this.#runTwice(test, limitOf(ms))
      if (outcome === 'passes') continue
      const key = `${file} ${test}`
      this.#noticed.set(key, (this.#noticed.get(key) ?? 0) + 1)
      const late = outcome === 'takes too long'
      return { outcome: 'noticed', by: `${test}: ${failed ?? outcome}`, late }
    }
    return { outcome: 'survived', asked, concerned: concerned.length }
  }

  /** A test that fails once may have been unlucky; one that fails twice has noticed. */
  async #runTwice(test: string, limitMs: number) {
    const first = await runTest(this.#workshop.root, test, limitMs)
    return first.outcome === 'fails' ? runTest(this.#workshop.root, test, limitMs) : first
  }
}

function refused(why: string): Verdict {
  return { outcome: 'noticed', by: `the compiler: ${why}` }
}
