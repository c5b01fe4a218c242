import { ENOSYS, ETIMEDOUT } from '../abi/errno.js'
import { FUTEXES_MOST } from '../system/calls-waits.js'
import type { FutexWord, System } from '../system/system.js'
import type { Bed, BedKind, Lying } from './bed.js'
import { watchFutex } from './futex-watch.js'

/**
 * A word of memory that several processes map. Atomics.wait does not know such memory, and
 * Atomics.notify wakes nobody in another process; the kernel's futex does both.
 */
export class FutexBed implements Bed {
  readonly kind: BedKind
  readonly word: FutexWord
  readonly #system: System

  constructor(system: System, address: number, value: number) {
    this.#system = system
    this.word = { address, value: value >>> 0 }
    this.kind = kindOf(system)
  }

  block(ms: number): boolean {
    return this.#system.futexWait(this.word.address, this.word.value, ms) !== -ETIMEDOUT
  }

  lie(awake: () => void): Lying | undefined {
    return watchFutex(this.#system, this.word, awake)
  }
}

const kinds = new WeakMap<System, BedKind>()

/** Many words can be slept on by one call, from Linux 5.16 on. */
function kindOf(system: System): BedKind {
  let kind = kinds.get(system)
  if (kind) return kind
  let isKnown = true
  kind = {
    most: FUTEXES_MOST,
    block(beds, ms) {
      if (!isKnown) return undefined
      const words = beds.map((bed) => (bed as FutexBed).word)
      const answer = system.futexWaitAny(words, ms)
      isKnown = answer !== -ENOSYS
      return isKnown ? answer !== -ETIMEDOUT : undefined
    },
  }
  kinds.set(system, kind)
  return kind
}
