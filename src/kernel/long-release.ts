import {
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  HIGH_WATER,
  PRODUCER_POSITION,
  SKIPPED_COUNT,
} from '../abi/region.js'
import { addU64 } from '../ring/counters.js'
import type { Engine } from '../ring/engine.js'

/**
 * Release for rings of the kernel: the consumer position is one word of 64 bits there, and must be stored as
 * one. Everything else of a consumer needs only its low half.
 */
export function releaseLong(buffer: ArrayBuffer): Engine['release'] {
  const longs = new BigInt64Array(buffer)
  const words = new Uint32Array(buffer)
  return (from, to, consumed, skipped) => {
    addU64(words, CONSUMED_COUNT, consumed)
    addU64(words, SKIPPED_COUNT, skipped)
    // Nothing was released since `from`, so right now is when most of the ring was in use.
    const inUse = ((words[PRODUCER_POSITION >>> 2] as number) - from) >>> 0
    if (inUse > (words[HIGH_WATER >>> 2] as number)) words[HIGH_WATER >>> 2] = inUse
    // The high half is the word's own, as it stands there now: others may have consumed before this consumer was
    // opened, in this process or another.
    const stored = Atomics.load(longs, CONSUMER_POSITION >>> 3)
    const ahead = (to - Number(BigInt.asIntN(32, stored))) | 0
    // [K1] Sequentially consistent, so before the look at the ring that follows: a commit that does not see it,
    // and so rings for nobody, is seen by that look.
    Atomics.store(longs, CONSUMER_POSITION >>> 3, stored + BigInt(ahead))
  }
}
