import assert from 'node:assert/strict'

/**
 * - `busy`: whoever reserved it lives.
 * - `left`: whoever reserved it died: it never comes.
 * - `unsure`: its commit was under way when its producer died: it comes, or it never does.
 */
type State = 'busy' | 'submitted' | 'discarded' | 'left' | 'unsure'

/** What was reserved at once and is committed at once. */
export interface Region {
  readonly owner: number
  readonly payloads: readonly Uint8Array[]
  state: State
}

/** One payload of a region. */
interface Entry {
  readonly payload: Uint8Array
  readonly region: Region
}

/**
 * What threads that may die leave to those that live: regions in the order in which they were reserved, and how far
 * the consumer has come. Whatever was submitted comes, once, whole and in order, unless it was told that it was
 * overwritten; what was left never comes; what was unsure comes or does not.
 */
export class EstateModel {
  readonly regions: Region[] = []
  /** Where the consumer stood behind each record that it was shown. */
  readonly #delivered: number[] = []
  #at = 0
  /** Records that it was told are gone, and that are not accounted for by what it was shown since. */
  #gone = 0
  /** All that it was told are gone. */
  lost = 0

  reserve(owner: number, payloads: readonly Uint8Array[], state: State): Region {
    const region = { owner, payloads, state }
    this.regions.push(region)
    return region
  }

  /** Whoever had it is gone: nobody will commit what he had. */
  leave(owner: number): void {
    for (const region of this.regions) {
      if (region.owner === owner && region.state === 'busy') region.state = 'left'
    }
  }

  get busy(): readonly Region[] {
    return this.regions.filter(({ state }) => state === 'busy')
  }

  /** Records that the consumer was shown. */
  get delivered(): number {
    return this.#delivered.length
  }

  /** Records in these states. */
  count(...states: readonly State[]): number {
    return this.#entries.filter(({ region }) => states.includes(region.state)).length
  }

  /** The consumer was shown this record. Throws if it must not be the next. */
  show(record: Uint8Array): void {
    const entries = this.#entries
    const found = entries.findIndex(
      ({ payload }, at) => at >= this.#at && Buffer.compare(payload, record) === 0,
    )
    const shown = entries[found]
    assert.ok(shown, 'a record that nobody has sent, or that was shown before')
    assert.ok(['submitted', 'unsure'].includes(shown.region.state), `a record that is ${shown.region.state}`)
    this.#pass(entries.slice(this.#at, found))
    shown.region.state = 'submitted'
    this.#at = found + 1
    this.#delivered.push(this.#at)
  }

  /** It was told that so many are gone from where it stands on. */
  lose(count: number): void {
    this.#gone += count
    this.lost += count
  }

  /** A consumer that died had so many counted. What it was shown beyond that comes again. */
  goBackTo(count: number): void {
    this.#delivered.length = count
    this.#at = this.#delivered.at(-1) ?? 0
  }

  /** Where the consumer stands there is nothing more that it could be shown. */
  mustBeAtEnd(): void {
    const rest = this.#entries.slice(this.#at)
    const busy = rest.findIndex(({ region }) => region.state === 'busy')
    this.#pass(busy < 0 ? rest : rest.slice(0, busy))
  }

  get #entries(): Entry[] {
    return this.regions.flatMap((region) => region.payloads.map((payload) => ({ payload, region })))
  }

  /** What was passed over was no record, or is gone as was told. */
  #pass(passed: readonly Entry[]): void {
    assert.ok(
      passed.every(({ region }) => region.state !== 'busy'),
      'a busy record was passed over',
    )
    const submitted = passed.filter(({ region }) => region.state === 'submitted').length
    const unsure = passed.filter(({ region }) => region.state === 'unsure').length
    assert.ok(submitted <= this.#gone, `${submitted} records are missing, and ${this.#gone} were told of`)
    assert.ok(
      this.#gone <= submitted + unsure,
      `${this.#gone} records were told to be missing, of ${submitted}`,
    )
    // Without a loss, what was unsure has not come, and never will.
    if (this.#gone === 0)
      for (const { region } of passed) if (region.state === 'unsure') region.state = 'left'
    this.#gone = 0
  }
}
