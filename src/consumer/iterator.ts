import type { WaitOptions } from './waiter.js'

export interface IterateOptions extends Pick<WaitOptions, 'signal' | 'strategy'> {}

/** What an iteration needs of its consumer. */
interface Source<R> {
  read(): R | null
  /** Waits until something may have come. */
  wait(options: WaitOptions): Promise<unknown>
  /** Lets the event loop turn, if that is due. */
  breathe(): Promise<void> | undefined
  finished(): boolean
}

/** How many records an iteration gives between two looks at the clock. */
const BREATH_RECORDS = 64

/**
 * Records one at a time, so that a loop which is left early loses nothing. By hand, not by a generator:
 * a record that is there costs one promise instead of three.
 */
export class RecordIterator<R> implements AsyncIterableIterator<R> {
  readonly #source: Source<R>
  readonly #options: IterateOptions
  #given = 0
  #ended = false

  constructor(source: Source<R>, options: IterateOptions) {
    this.#source = source
    this.#options = options
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (++this.#given % BREATH_RECORDS === 0 || this.#ended) return this.#wait()
    try {
      const value = this.#source.read()
      if (value !== null) return Promise.resolve({ done: false, value })
    } catch (error) {
      this.#ended = true
      return Promise.reject(error)
    }
    return this.#wait()
  }

  /** Called by a loop that is left early. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#ended = true
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #wait(): Promise<IteratorResult<R, undefined>> {
    try {
      while (!this.#ended) {
        this.#options.signal?.throwIfAborted()
        await this.#source.breathe()
        const value = this.#source.read()
        if (value !== null) return { done: false, value }
        if (this.#source.finished()) break
        await this.#source.wait(this.#options)
      }
    } catch (error) {
      this.#ended = true
      throw error
    }
    this.#ended = true
    return { done: true, value: undefined }
  }
}
