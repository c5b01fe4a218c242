import type { Descriptor } from '../system/descriptor.js'

/**
 * A program that is attached: it runs whenever what it is attached to happens, until this is closed, or the
 * process ends.
 */
export class Attachment {
  /** What it is attached to, in words: `raw tracepoint sys_enter`. */
  readonly what: string
  readonly #detach: () => void
  #isOpen = true

  /** @internal */
  constructor(what: string, detach: () => void) {
    this.what = what
    this.#detach = detach
  }

  /** @internal One that lasts as long as these descriptors are open. */
  static by(what: string, ...descriptors: readonly Descriptor[]): Attachment {
    return new Attachment(what, () => {
      for (const descriptor of descriptors) descriptor.close()
    })
  }

  get closed(): boolean {
    return !this.#isOpen
  }

  /** Detaches the program, at once. The program itself stays loaded. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#detach()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }
}
