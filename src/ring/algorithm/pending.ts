import { RECORD_BUSY_BIT, RECORD_LENGTH_MASK } from '../../abi/record.js'
import { PENDING_POSITION } from '../../abi/region.js'
import { distance, headerAddress, recordBytes } from './record.js'
import {
  atomicLoad,
  atomicStore,
  isOverwriting,
  load,
  ringAddress,
  ringSize,
  store,
  type View,
  type Word,
} from './words.js'

/**
 * Moves the pending position over every record that is not busy any more, and stores it. No reservation
 * may reach further than one ring from it, so a busy record is never overwritten, whatever happens to
 * the consumer position. Called under the lock.
 */
export function advancePending(view: View, producer: Word): Word {
  const pending = oldestBusy(view, producer)
  const word = (ringAddress(view) + PENDING_POSITION) | 0
  // [T6] Pairs with [O7]: who reads it in overwrite mode sees all records before it complete.
  if (isOverwriting(view)) atomicStore(view, word, pending)
  else store(view, word, pending)
  return pending
}

/**
 * Where the oldest busy record stands, or the producer position if there is none; walked to from the
 * pending position. Exact under the lock, else an estimate.
 */
export function oldestBusy(view: View, producer: Word): Word {
  let pending = load(view, (ringAddress(view) + PENDING_POSITION) | 0)
  // A peer may have damaged the word. Then it stays as it is, and nothing can be reserved beyond one ring.
  while ((pending & 7) === 0 && distance(pending, producer) <= ringSize(view) && pending !== producer) {
    // [T5] Pairs with [S1].
    const header = atomicLoad(view, headerAddress(view, pending))
    if ((header & RECORD_BUSY_BIT) !== 0) break
    const next = (pending + recordBytes(header & RECORD_LENGTH_MASK)) | 0
    if (distance(pending, next) > distance(pending, producer)) break
    pending = next
  }
  return pending
}
