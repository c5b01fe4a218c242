import type { Page } from 'playwright-core'
import type { Counts } from '../outcomes/run-race.js'
import type { ScenarioResult } from '../stress/scenario.js'
import type { RaceOrder, StressOrder } from './stage.js'

/** The page in the browser, which does what it is asked for: see stage.ts. */
export class Stage {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  race(order: RaceOrder): Promise<Counts> {
    return this.#perform('race', order)
  }

  stress(order: StressOrder): Promise<ScenarioResult> {
    return this.#perform('stress', order)
  }

  async #perform<T>(what: string, order: unknown): Promise<T> {
    const program = `import('/stage.js').then((stage) => stage.${what}(${JSON.stringify(order)}))`
    let timer: NodeJS.Timeout | undefined
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`it has not come to an end in ${LONGEST_MS / 1000} s`)),
        LONGEST_MS,
      )
    })
    try {
      return (await Promise.race([this.#page.evaluate(program), tooLong])) as T
    } finally {
      clearTimeout(timer)
    }
  }
}

/** A page that hangs says nothing. */
const LONGEST_MS = 300_000
