import type { Descriptor } from '../system/descriptor.js'

/** What nobody holds any more is attached all the same: its descriptors must not be collected and closed. */
const attached = new Set<Attachment>()

/**
 * A program that is attached: it runs whenever what it is attached to happens, until this is closed, or the
 * process ends; also when nobody holds this.
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
    attached.add(this)
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
    attached.delete(this)
    this.#detach()
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close()
  }
}
