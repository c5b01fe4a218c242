import { EINVAL } from '../../abi/errno.js'
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP } from '../../abi/flags.js'
import {
  FREE_WORD,
  LOST_RECORD_BYTES,
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
  RECORD_PAGE_OFFSET_WORD,
} from '../../abi/record.js'
import {
  CONSUMER_POSITION,
  CREDIT,
  PAGE_SHIFT,
  SLEEP_ASLEEP,
  SLEEP_AWAKE,
  SLEEP_FORCED,
  SLEEP_WORD,
  SLOT_ATTEMPTED,
  SLOT_BYTES_SUBMITTED,
  SLOT_DISCARDED,
  SLOT_SUBMITTED,
  SLOT_WAKEUPS,
  WATERMARK,
} from '../../abi/region.js'
import { count } from './count.js'
import { breakPromise, isRevoked, keepPromise, promise } from './journal.js'
import { producerPosition } from './producer-position.js'
import { dataAddress, distance, fitsBatch, headerAddress, pageOffset, recordBytes } from './record.js'
import { isAsleep, rouse } from './rouse.js'
import {
  type Answer,
  add,
  atomicLoad,
  compareExchange,
  compareExchangePair,
  isLocked,
  isRecoverable,
  load,
  ownerBits,
  placeMask,
  ringAddress,
  ringSize,
  slotAddress,
  store,
  type View,
  type Word,
} from './words.js'

/** The flags that decide about a wake-up. Of both together, FORCE_WAKEUP counts. */
const WAKEUP_FLAGS: Word = BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP

/**
 * Submits a record (`discard` 0) or discards it (RECORD_DISCARD_BIT), given the address of its payload.
 * Lock-free, and independent of all other records (R35). Answers 0, or -EINVAL where no reserved record
 * stands at that address: it never was one, or was committed already. Then nothing was changed.
 */
export function commit(view: View, address: Word, flags: Word, discard: Word): Answer {
  const header = (address - RECORD_HEADER_BYTES) | 0
  const word = busyWord(view, header)
  if (word === 0) return -EINVAL
  const length = word & RECORD_LENGTH_MASK
  if (isRecoverable(view)) return publishPromised(view, header, word, 1, length, length, flags, discard)
  if (!publish(view, header, word, length | discard)) return -EINVAL
  countCommitted(view, 1, length, discard)
  wakeConsumer(view, header, 1, flags)
  return 0
}

/**
 * Publishes so that it is known, if this thread dies, whether it did. Both words of the header are compared:
 * if this producer was declared gone, another's record may stand here by now, of the same length.
 */
function publishPromised(
  view: View,
  header: Word,
  word: Word,
  records: Word,
  firstBytes: Word,
  payloadBytes: Word,
  flags: Word,
  discard: Word,
): Answer {
  const slot = slotAddress(view)
  const place = pageOffset(view, header) | ownerBits(view)
  const isDiscarded: boolean = discard === RECORD_DISCARD_BIT
  const counter: Word = isDiscarded ? SLOT_DISCARDED : SLOT_SUBMITTED
  promise(view, counter, records - 1, records, isDiscarded ? 0 : payloadBytes)
  // [S6] As [S1].
  if (!compareExchangePair(view, header, word, place, firstBytes | discard, place)) {
    breakPromise(view, slot)
    return -EINVAL
  }
  keepPromise(view, slot, counter)
  wakeConsumer(view, header, records, flags)
  return 0
}

/** Publishes a report of losses, which gets its name with it. */
export function commitReport(view: View, header: Word, named: Word): void {
  const place = pageOffset(view, header) | ownerBits(view)
  const committed: Word = LOST_RECORD_BYTES | RECORD_DISCARD_BIT
  // As [S6].
  if (compareExchangePair(view, header, committed | RECORD_BUSY_BIT, place, committed, named)) {
    wakeConsumer(view, header, 1, 0)
  }
}

/** Publishes a record that nobody else can know, and that counts as nobody's attempt. */
export function commitOwn(view: View, header: Word, busy: Word, committed: Word): void {
  publish(view, header, busy, committed)
  wakeConsumer(view, header, 1, 0)
}

/**
 * Splits the region of a batch into its records, all of `sizeBytes`, and publishes them with one store,
 * or discards them all. Both numbers must be what the batch was reserved with; otherwise -EINVAL.
 */
export function commitBatch(
  view: View,
  address: Word,
  records: Word,
  sizeBytes: Word,
  flags: Word,
  discard: Word,
): Answer {
  const header = (address - RECORD_HEADER_BYTES) | 0
  const word = busyWord(view, header)
  if (word === 0) return -EINVAL
  const stride = recordBytes(sizeBytes)
  if (sizeBytes > ringSize(view) || !fitsBatch(view, records, stride)) return -EINVAL
  if ((word & RECORD_LENGTH_MASK) !== records * stride - RECORD_HEADER_BYTES) return -EINVAL
  // What splitOff does, with all that stays the same taken out of the loop.
  const ring = ringAddress(view)
  const data = dataAddress(view)
  const mask: Word = ringSize(view) - 1
  const owner = ownerBits(view)
  let offset: Word = (header - data) | 0
  for (let i: Word = 1; i < records; i++) {
    offset = (offset + stride) & mask
    const follower = (data + offset) | 0
    store(view, follower, sizeBytes | discard)
    store(view, follower + RECORD_PAGE_OFFSET_WORD, ((follower - ring) >>> PAGE_SHIFT) | owner)
  }
  return publishRegion(view, header, word, records, sizeBytes, (records * sizeBytes) | 0, flags, discard)
}

/**
 * Writes the header of a record inside a reserved region, its payload at `address`; answers the address
 * of the next payload. No consumer passes the region's first header while that is busy, so this needs
 * no order of its own.
 */
export function splitOff(view: View, address: Word, sizeBytes: Word, discard: Word): Word {
  const header = (address - RECORD_HEADER_BYTES) | 0
  store(view, header, sizeBytes | discard)
  store(view, header + RECORD_PAGE_OFFSET_WORD, pageOffset(view, header) | ownerBits(view))
  return nextAddress(view, address, sizeBytes)
}

/** Address of the payload of the record that follows one of `sizeBytes` at `address`. */
export function nextAddress(view: View, address: Word, sizeBytes: Word): Word {
  const offset = (address - RECORD_HEADER_BYTES - dataAddress(view) + recordBytes(sizeBytes)) | 0
  return (headerAddress(view, offset) + RECORD_HEADER_BYTES) | 0
}

/**
 * Publishes a region whose later records were split off: its first header shrinks to its own record in
 * the same store that makes all of them visible. Answers like `commit`.
 */
export function commitRegion(
  view: View,
  address: Word,
  records: Word,
  firstBytes: Word,
  payloadBytes: Word,
  flags: Word,
  discard: Word,
): Answer {
  const header = (address - RECORD_HEADER_BYTES) | 0
  const word = busyWord(view, header)
  if (word === 0) return -EINVAL
  return publishRegion(view, header, word, records, firstBytes, payloadBytes, flags, discard)
}

function publishRegion(
  view: View,
  header: Word,
  word: Word,
  records: Word,
  firstBytes: Word,
  payloadBytes: Word,
  flags: Word,
  discard: Word,
): Answer {
  if (isRecoverable(view)) {
    return publishPromised(view, header, word, records, firstBytes, payloadBytes, flags, discard)
  }
  if (!publish(view, header, word, firstBytes | discard)) return -EINVAL
  // Until now the batch was one region, and counted as one attempt.
  count(view, SLOT_ATTEMPTED, records - 1)
  countCommitted(view, records, payloadBytes, discard)
  wakeConsumer(view, header, records, flags)
  return 0
}

/**
 * The commit word that reserve wrote here, if it is still busy, else 0. Read once: whoever reads it again
 * may find that another has committed it meanwhile, and take that word for the busy one.
 */
function busyWord(view: View, header: Word): Word {
  const offset = distance(dataAddress(view), header)
  if (offset >= ringSize(view) || (offset & 7) !== 0) return 0
  const word = load(view, header)
  if ((word & RECORD_BUSY_BIT) === 0) return 0
  const place = load(view, header + RECORD_PAGE_OFFSET_WORD) & placeMask(view)
  if (place !== pageOffset(view, header)) return 0
  if (isRecoverable(view)) return isOwn(view, header, word) ? word : 0
  // The consumer may be just making it free: the first word says so already, the second not yet.
  return word === (FREE_WORD | 0) && !isLocked(view) ? 0 : word
}

/** In a recoverable ring a record is committed by the producer that reserved it, unless it was declared gone. */
function isOwn(view: View, header: Word, word: Word): boolean {
  if ((word & RECORD_DISCARD_BIT) !== 0 || isRevoked(view)) return false
  return load(view, header + RECORD_PAGE_OFFSET_WORD) === (pageOffset(view, header) | ownerBits(view))
}

/** The commit: one store, which clears busy and may set discard. Of two who try, one succeeds. */
function publish(view: View, header: Word, busy: Word, committed: Word): boolean {
  // [S1] Publishes header and payload. Pairs with [C2]: who sees busy cleared sees every byte.
  return compareExchange(view, header, busy, committed) === busy
}

function countCommitted(view: View, records: Word, payloadBytes: Word, discard: Word): void {
  if (discard === RECORD_DISCARD_BIT) {
    count(view, SLOT_DISCARDED, records)
  } else {
    count(view, SLOT_SUBMITTED, records)
    count(view, SLOT_BYTES_SUBMITTED, payloadBytes)
  }
}

/**
 * The kernel's rule (R38, R40): wake the consumer only if it had caught up with exactly this record;
 * otherwise it is still at work and will see the record anyway. A batch is represented by its first.
 * A consumer that sleeps for more is woken by what brings the ring to its watermark, or its credit to 0.
 */
function wakeConsumer(view: View, header: Word, records: Word, flags: Word): void {
  if ((flags & WAKEUP_FLAGS) === BPF_RB_NO_WAKEUP) return
  // [S2] After [S1], never before: either we see the consumer asleep, or it sees our record in [W2].
  const state = atomicLoad(view, (ringAddress(view) + SLEEP_WORD) | 0)
  if (isAsleep(state)) wakeSleeping(view, state, header, records, flags)
}

function wakeSleeping(view: View, state: Word, header: Word, records: Word, flags: Word): void {
  const due: boolean = state === SLEEP_ASLEEP ? isAwaited(view, header) : isEnough(view, records)
  if ((flags & BPF_RB_FORCE_WAKEUP) !== 0) {
    if (rouse(view, SLEEP_FORCED)) count(view, SLOT_WAKEUPS, 1)
  } else if (due) {
    if (rouse(view, SLEEP_AWAKE)) count(view, SLOT_WAKEUPS, 1)
  }
}

/** Whether the consumer stands at exactly this record. */
function isAwaited(view: View, header: Word): boolean {
  return headerAddress(view, atomicLoad(view, (ringAddress(view) + CONSUMER_POSITION) | 0)) === header
}

/** Whether this many records more are what a consumer waits for that sleeps for more than one. */
function isEnough(view: View, records: Word): boolean {
  const ring = ringAddress(view)
  // [S3] Every record is taken from the credit once: here, or by the consumer in [W3].
  const credit: Answer = (add(view, (ring + CREDIT) | 0, -records) - records) | 0
  if (credit < 1) return true
  const consumer = atomicLoad(view, (ring + CONSUMER_POSITION) | 0)
  const producer = producerPosition(view)
  return distance(consumer, producer) >= atomicLoad(view, (ring + WATERMARK) | 0) >>> 0
}
