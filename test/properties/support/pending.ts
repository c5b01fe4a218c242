import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'

/** Who is still waiting then was not woken. Not longer: a counterexample is made short by waiting again and again. */
const HOPELESS_MS = 2000

/** A promise that can be looked at. */
export class Pending<T> {
  #end: { readonly value: T } | { readonly error: unknown } | undefined

  constructor(promise: Promise<T>) {
    promise.then(
      (value) => {
        this.#end = { value }
      },
      (error) => {
        this.#end = { error }
      },
    )
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** What it was fulfilled with. Throws what it was rejected with. */
  get value(): T {
    assert.ok(this.#end, 'it is not over')
    if ('error' in this.#end) throw this.#end.error
    return this.#end.value
  }

  /** Until it is over, or whoever made it has gone to sleep over it. */
  async settle(isAsleep: () => boolean): Promise<void> {
    await until(() => this.isOver || isAsleep(), 'who waits neither sleeps nor ends')
  }

  async end(): Promise<void> {
    await until(() => this.isOver, 'it does not end')
  }
}

async function until(condition: () => boolean, otherwise: string): Promise<void> {
  const deadline = performance.now() + HOPELESS_MS
  while (!condition()) {
    assert.ok(performance.now() < deadline, otherwise)
    await setImmediate()
  }
}
