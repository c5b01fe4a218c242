/**
 * The measured stretch of a run: opens after the warm-up, which begins with the first look, and closes when its time
 * is over.
 *
 * What counts is the difference of two counts over the difference of the two moments at which they were told, so
 * looking seldom costs no accuracy.
 */
export class Window {
  readonly #warmUpMs: number
  readonly #measuredMs: number
  #opensAt = 0
  #openedAt = 0
  #openedWith = 0
  #perSecond = Number.NaN

  constructor(warmUpMs: number, measuredMs: number) {
    this.#warmUpMs = warmUpMs
    this.#measuredMs = measuredMs
  }

  get isOpen(): boolean {
    return this.#openedAt !== 0
  }

  /** True once it has closed; to be called with the present count. */
  isOverWith(count: number, now = performance.now()): boolean {
    if (this.#opensAt === 0) this.#opensAt = now + this.#warmUpMs
    if (this.#openedAt === 0) {
      if (now < this.#opensAt) return false
      this.#openedAt = now
      this.#openedWith = count
      return false
    }
    if (now < this.#openedAt + this.#measuredMs) return false
    this.#perSecond = ((count - this.#openedWith) * 1e3) / (now - this.#openedAt)
    return true
  }

  /** Counts a second inside it; not a number before it has closed. */
  get perSecond(): number {
    return this.#perSecond
  }
}
