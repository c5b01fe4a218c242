import { RingbufError } from '../abi/error.js'
import { must } from './failure.js'
import { opened } from './openings.js'
import type { System } from './system.js'

/** Closes what was forgotten. It comes late or never; it is no way to close anything. */
const forgotten = new FinalizationRegistry<{ readonly system: System; readonly fd: number }>(
  ({ system, fd }) => system.close(fd),
)

/**
 * A file descriptor that somebody owns: it is closed once, by its owner, because a number that is closed
 * twice closes what another has opened meanwhile.
 *
 * One that a terminated worker owns stays open until the process ends: nothing runs there any more.
 */
export class Descriptor {
  /** What it is, in words, for messages: `memfd 'events'`. */
  readonly what: string
  readonly #system: System
  readonly #closed: () => void
  #fd: number

  constructor(system: System, fd: number, what: string) {
    this.what = what
    this.#system = system
    this.#fd = fd
    this.#closed = opened('descriptor', what)
    forgotten.register(this, { system, fd }, this)
  }

  /**
   * Owns what a call has opened.
   *
   * @param call as messages name it
   * @param hint see `must`
   * @throws RingbufError ERR_SYSTEM if the call answered an error
   */
  static own(
    system: System,
    answer: number,
    call: string,
    what: string,
    hint?: Readonly<Record<string, string>>,
  ): Descriptor {
    return new Descriptor(system, must(answer, call, what, hint), what)
  }

  /** The number. @throws RingbufError ERR_RESOURCE_CLOSED */
  get fd(): number {
    if (this.#fd < 0) throw new RingbufError('ERR_RESOURCE_CLOSED', `${this.what}: the descriptor was closed`)
    return this.#fd
  }

  get closed(): boolean {
    return this.#fd < 0
  }

  /** Closes it, if it is open. Linux closes even what it answers an error for, so there is none to tell. */
  close(): void {
    if (this.#fd >= 0) this.#system.close(this.release())
  }

  /** Gives the number away: whoever takes it closes it. @throws RingbufError ERR_RESOURCE_CLOSED */
  release(): number {
    const { fd } = this
    forgotten.unregister(this)
    this.#closed()
    this.#fd = -1
    return fd
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
