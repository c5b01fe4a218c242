/**
 * The measured stretch of a run: opens after the warm-up, closes when its time is over.
 *
 * Its owner tells it the count now and then. What counts is the difference of two counts over the difference of
 * the two moments at which they were told, so looking seldom costs no accuracy.
 */
export class Window {
  readonly #opensAt: number
  readonly #milliseconds: number
  #openedAt = 0
  #openedWith = 0
  #perSecond = Number.NaN

  constructor(warmUpSeconds: number, seconds: number) {
    this.#opensAt = performance.now() + warmUpSeconds * 1e3
    this.#milliseconds = seconds * 1e3
  }

  /** True once the window has closed; to be called with the present count. */
  isOverWith(count: number): boolean {
    const now = performance.now()
    if (this.#openedAt === 0) {
      if (now < this.#opensAt) return false
      this.#openedAt = now
      this.#openedWith = count
      return false
    }
    if (now < this.#openedAt + this.#milliseconds) return false
    this.#perSecond = ((count - this.#openedWith) * 1e3) / (now - this.#openedAt)
    return true
  }

  /** Counts a second inside the window; not a number before it closed. */
  get perSecond(): number {
    return this.#perSecond
  }
}
