import { checkOptions } from '../abi/check.js'
import { stepsOf } from './strategy.js'
import { checkSignal, type WaitOptions } from './waiter.js'

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
const BREATH_RECORDS = 8

/**
 * Records one at a time, so that a loop which is left early loses nothing. By hand, not by a generator:
 * a record that is there costs one promise instead of three.
 */
export class RecordIterator<R> implements AsyncIterableIterator<R> {
  readonly #source: Source<R>
  readonly #options: IterateOptions
  #given = 0
  #ended = false
  /** How many have asked and not been answered; as with generators, they queue. */
  #waiting = 0
  /** Settles when the last of them has been answered. */
  #answered: Promise<unknown> = Promise.resolve()
  /** Ends a wait that `return` comes into. */
  readonly #stop = new AbortController()

  constructor(source: Source<R>, options: IterateOptions) {
    checkOptions('options', options)
    checkSignal(options.signal)
    if (options.strategy !== undefined) stepsOf(options.strategy)
    this.#source = source
    this.#options = options
  }

  next(): Promise<IteratorResult<R, undefined>> {
    if (this.#ended || this.#waiting > 0 || this.#options.signal?.aborted) return this.#queue()
    const breath = ++this.#given % BREATH_RECORDS === 0 ? this.#source.breathe() : undefined
    if (breath !== undefined) return this.#queue(breath)
    try {
      const value = this.#source.read()
      if (value !== null) return Promise.resolve({ done: false, value })
    } catch (error) {
      this.#ended = true
      return Promise.reject(error)
    }
    return this.#queue()
  }

  /** Called by a loop that is left early. Whoever has asked meanwhile is answered that it is over. */
  return(): Promise<IteratorResult<R, undefined>> {
    this.#ended = true
    this.#stop.abort()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #queue(breath?: Promise<void>): Promise<IteratorResult<R, undefined>> {
    const result = this.#waiting++ > 0 ? this.#answered.then(() => this.#wait()) : this.#wait(breath)
    this.#answered = result.then(nothing, nothing)
    return result
  }

  /** `breath` is one that was begun; otherwise it sees for itself whether one is due. */
  async #wait(breath?: Promise<void>): Promise<IteratorResult<R, undefined>> {
    let turn = breath
    const { signal } = this.#options
    const abort = () => this.#stop.abort()
    signal?.addEventListener('abort', abort)
    try {
      while (!this.#ended) {
        signal?.throwIfAborted()
        await (turn ?? this.#source.breathe())
        turn = undefined
        signal?.throwIfAborted()
        if (this.#ended) break
        const value = this.#source.read()
        if (value !== null) return { done: false, value }
        if (this.#source.finished()) break
        await this.#source.wait({ ...this.#options, signal: this.#stop.signal })
      }
    } catch (error) {
      const isReturned = this.#ended
      this.#ended = true
      signal?.throwIfAborted()
      if (!isReturned) throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      // Now, and not when the promise settles: whoever asked asks again before others hear of that, and would queue
      // behind a wait that is over, and the next one behind him, for ever.
      this.#waiting--
    }
    this.#ended = true
    return { done: true, value: undefined }
  }
}

function nothing(): void {}
