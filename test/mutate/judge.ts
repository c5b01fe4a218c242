import { parse } from 'acorn'
import type { Baseline } from './baseline.js'
import { covers } from './coverage.js'
import { Explorer } from './explorer.js'
import { apply, type Mutant } from './mutant.js'
import { runTest } from './run-test.js'
import { isExplored } from './sources.js'
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

  async judge(mutant: Mutant): Promise<Verdict> {
    const { file } = mutant
    const text = apply(this.#workshop.read(file), mutant)
    parse(text, { ecmaVersion: 2022, sourceType: 'module' })
    if (isExplored(file)) await this.#explorer.prepare()
    const baselines = isExplored(file) ? undefined : await this.#baselines()
    this.#workshop.write(file, text)
    try {
      if (isExplored(file)) {
        const noticed = await this.#explorer.notice(mutant.within)
        if (noticed !== undefined)
          return { outcome: 'noticed', by: `explorer: ${noticed}`, late: noticed === 'takes too long' }
        // Those must be had without a fault.
        this.#workshop.restore(file)
      }
      const tests = baselines ?? (await this.#baselines())
      this.#workshop.write(file, text)
      return await this.#askTests(mutant, tests)
    } finally {
      this.#workshop.restore(file)
    }
  }

  end(): void {
    this.#explorer.end()
  }

  async #askTests({ file, start }: Mutant, baselines: readonly Baseline[]): Promise<Verdict> {
    const concerned = baselines.filter(({ passes, coverage }) => passes && covers(coverage, file, start))
    const worth = ({ test, ms }: Baseline) => ms / (1 + 4 * (this.#noticed.get(`${file} ${test}`) ?? 0))
    let [asked, spent] = [0, 0]
    for (const { test, ms } of [...concerned].sort((a, b) => worth(a) - worth(b))) {
      if (asked > 0 && spent + ms > this.#patienceMs) continue
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
