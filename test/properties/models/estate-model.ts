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

/**
 * What threads that may die leave to those that live: regions in the order in which they were reserved, and how far
 * the consumer has come. Whatever was submitted comes, once, whole and in order; what was left never comes; what was
 * unsure comes as a whole or not at all.
 */
export class EstateModel {
  readonly regions: Region[] = []
  /** Payloads that were delivered and counted. */
  readonly delivered: Uint8Array[] = []

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

  /** Records in these states. */
  count(...states: readonly State[]): number {
    return this.regions
      .filter(({ state }) => states.includes(state))
      .reduce((sum, { payloads }) => sum + payloads.length, 0)
  }

  /** The consumer was shown this record. Throws if it must not be the next. */
  show(record: Uint8Array): void {
    const at = this.delivered.push(record) - 1
    assert.deepEqual(record, this.#stream(at)[at], `record ${at}`)
  }

  /** A consumer that died had so many counted. What it was shown beyond that comes again. */
  goBackTo(count: number): void {
    this.delivered.length = count
  }

  /** Where the consumer stands there is nothing that it could be shown. */
  mustBeAtEnd(): void {
    const [next] = this.#stream(this.delivered.length).slice(this.delivered.length)
    assert.equal(next, undefined, 'what was submitted does not come')
  }

  /**
   * All that comes, in order, up to the first busy region: that `at` is the next decides what was unsure. It is next
   * if it is what was shown there.
   */
  #stream(at: number): Uint8Array[] {
    const stream: Uint8Array[] = []
    for (const region of this.regions) {
      if (region.state === 'busy') break
      if (region.state === 'unsure' && stream.length <= at && this.delivered.length > at) {
        const shown = this.delivered[stream.length]
        const isIt = shown !== undefined && Buffer.compare(shown, region.payloads[0] as Uint8Array) === 0
        region.state = isIt ? 'submitted' : 'left'
      }
      if (region.state === 'submitted') stream.push(...region.payloads)
    }
    return stream
  }
}
