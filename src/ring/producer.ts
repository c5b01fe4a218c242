import { checkArray, checkBytes, checkString } from '../abi/check.js'
import { EAGAIN, EINVAL } from '../abi/errno.js'
import { RingbufError } from '../abi/error.js'
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, BPF_RB_PROD_POS } from '../abi/flags.js'
import {
  REASON_BAD_POSITION,
  REASON_CLOSED,
  REASON_CONTENDED,
  REASON_FULL,
  REASON_GONE,
  REASON_NAMES,
  REASON_TOO_LARGE,
  type ReasonName,
} from '../abi/reason.js'
import { RECORD_DISCARD_BIT, RECORD_HEADER_BYTES, RECORD_OWNER_SHIFT } from '../abi/record.js'
import {
  DATA_OFFSET,
  PRODUCER_SLOTS,
  RESCUE_SLOT,
  RING_FLAG_OWNERS,
  ROOM_SEQUENCE,
  SLOT_BYTES,
  SLOT_OWNER,
  SLOTS_OFFSET,
} from '../abi/region.js'
import { nowMs } from '../memory/clock.js'
import { deadlineOf } from '../memory/deadline.js'
import { assertMayBlock } from '../memory/may-block.js'
import { sleepAsync } from '../memory/sleep.js'
import { encodeText } from '../memory/text.js'
import type { MemoryViews } from '../memory/views.js'
import { recordBytes } from './algorithm/index.js'
import type { Attachment } from './attachment.js'
import { Batch } from './batch.js'
import type { Engine } from './engine.js'
import { LOOK_MS } from './hold-up.js'
import { parkOnLock, parkOnReservation } from './park.js'
import { LOCK_PATIENCE, leaveSlot, Patience, recover, recoverLock } from './recover.js'
import { attachmentOf, type Ring, tooLarge } from './ring.js'
import { actFor, actForNobody, type OwnSlot, slotOwner, takeSlotFrom } from './slot.js'
import { WritableRecord } from './writable-record.js'

const WAKEUP_FLAGS = BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP
/** What a size that is no u32 is replaced by: no ring can hold it, so it is refused like any other. */
const NO_SIZE = 0xffff_ffff
const NO_FLAGS = 0xffff_ffff
/**
 * V8 keeps arrays up to this long inside its heap until somebody asks for their buffer: then it allocates one, which
 * costs four times as much as the whole output. So those are not asked; they are copied as fast.
 */
const ON_HEAP_BYTES = 64
/** In place of how often a reservation looks again. */
const GIVE_UP = -1
/** What an address that is no u32 is replaced by: no record stands there. */
const NO_ADDRESS = 0

/**
 * The writing end of a ring, for one thread. Any number of threads may have one.
 *
 * Two levels. The raw one deals in addresses and answers like the kernel's helpers: `reserve`, `submit`,
 * `discard`, `output`, `reserveBatch`, `submitBatch`; an address is an index into `memory.u8`, and no
 * call allocates. The comfortable one deals in objects that know their state: `record`, `batch`.
 */
export class Producer {
  /** Views over the ring's memory, for the raw level. */
  readonly memory: MemoryViews
  readonly ring: Ring<unknown>
  readonly #attachment: Attachment
  readonly #engine: Engine
  readonly #buffer: ArrayBufferLike
  /** With producers that hold it up: only in recoverable rings. */
  readonly #patience: Patience | undefined
  /** Behind the last address at which a payload can begin. */
  readonly #payloadEnd: number
  #slot: number
  #own: OwnSlot | undefined

  /** @internal */
  constructor(ring: Ring<unknown>) {
    this.ring = ring
    this.#attachment = attachmentOf(ring)
    this.#engine = this.#attachment.engine
    this.memory = this.#attachment.views
    this.#buffer = this.memory.u8.buffer
    const { address, size } = this.#attachment
    this.#payloadEnd = address + DATA_OFFSET + size + RECORD_HEADER_BYTES
    if (this.#attachment.recoverable) this.#patience = new Patience(this.#attachment)
    this.#slot = this.#takeSlot()
    this.#attachment.ends.add(this)
    this.#useSlot()
  }

  /**
   * Reserves a record and answers the address of its payload, a multiple of 8; 0 when it cannot, and
   * then `reason` says why (R16, R11, R42). Never blocks for room. The payload holds old bytes.
   *
   * @param sizeBytes 0 to `ring.largestPayload`; anything else is refused.
   * @param flags must be 0, as for the kernel; anything else is refused.
   */
  reserve(sizeBytes: number, flags = 0): number {
    const size = isWord(sizeBytes) ? sizeBytes : NO_SIZE
    for (let looks = LOCK_PATIENCE; looks !== GIVE_UP; looks = this.#looksAgain(looks)) {
      const address = this.#engine.reserve(size, flags === 0 ? 0 : NO_FLAGS, looks) >>> 0
      if (address !== 0) return address
    }
    return 0
  }

  /**
   * Like `reserve`, but never waits for another producer either: it may fail though there is room, and
   * then counts as dropped (R27).
   */
  tryReserve(sizeBytes: number, flags = 0): number {
    const size = isWord(sizeBytes) ? sizeBytes : NO_SIZE
    const address = this.#engine.reserve(size, flags === 0 ? 0 : NO_FLAGS, 0) >>> 0
    // If somebody died who holds it up, the next attempt may succeed.
    if (address === 0 && this.#isHeldUp()) this.#patience?.held()
    return address
  }

  /**
   * Like `reserve`, but waits for room up to `timeoutMs`. Answers 0 when there was none in time, or when
   * the record can never fit. Blocks the thread. However often it tries, it counts as one attempt, and as
   * dropped only if it fails in the end.
   *
   * @throws RingbufError ERR_CANNOT_BLOCK, ERR_INVALID_ARGUMENT
   */
  reserveBlocking(sizeBytes: number, timeoutMs = Number.POSITIVE_INFINITY): number {
    const deadline = deadlineOf({ timeoutMs })
    for (;;) {
      const address = this.#reservePatiently(sizeBytes)
      if (address !== 0 || this.#engine.reason() !== REASON_FULL) return address
      // The last attempt is like any other: if it fails, the record is lost.
      const remaining = deadline - nowMs()
      if (remaining <= 0 || !this.waitForRoom(sizeBytes, remaining)) return this.reserve(sizeBytes)
    }
  }

  /** The same, on any thread and without blocking it. While it waits the process stays alive. */
  async reserveAsync(sizeBytes: number, timeoutMs = Number.POSITIVE_INFINITY): Promise<number> {
    const deadline = deadlineOf({ timeoutMs })
    for (;;) {
      const address = this.#reservePatiently(sizeBytes)
      if (address !== 0 || this.#engine.reason() !== REASON_FULL) return address
      const remaining = deadline - nowMs()
      if (remaining <= 0 || !(await this.waitForRoomAsync(sizeBytes, remaining)))
        return this.reserve(sizeBytes)
    }
  }

  /**
   * Submits a reserved record, given the address of its payload (R33). Any thread may submit it.
   *
   * @param flags 0, BPF_RB_NO_WAKEUP or BPF_RB_FORCE_WAKEUP; other bits are ignored, as in the kernel.
   * @returns 0, or -EINVAL when no reserved record stands there; then nothing was changed.
   */
  submit(address: number, flags = 0): number {
    return this.#engine.commit(isWord(address) ? address : NO_ADDRESS, flags, 0)
  }

  /** Like `submit`, but the consumer skips the record (R20). */
  discard(address: number, flags = 0): number {
    return this.#engine.commit(isWord(address) ? address : NO_ADDRESS, flags, RECORD_DISCARD_BIT)
  }

  /**
   * Copies bytes into a record and submits it (R15, R17). Bytes that lie in the ring's own memory, `memory.u8`, are
   * copied by WebAssembly, which is several times as fast: see `memory` of `createRing`, and `outputFrom`.
   *
   * @returns 0; -EAGAIN when there is no room or never will be; -EINVAL for flags other than the two
   *   wake-up flags, and when the record was taken away meanwhile: its producer was declared gone.
   * @throws RingbufError ERR_INVALID_ARGUMENT
   */
  output(bytes: Uint8Array, flags = 0): number {
    if (!areWakeupFlags(flags)) {
      this.#refuse(1)
      return -EINVAL
    }
    // Before the reservation: what cannot be copied would leave a record that is busy for ever.
    checkBytes('record', bytes)
    if (bytes.length > ON_HEAP_BYTES && bytes.buffer === this.#buffer) {
      return this.#copyWithin(bytes.byteOffset, bytes.length, flags)
    }
    const address = this.reserve(bytes.length)
    if (address === 0) return -EAGAIN
    this.memory.u8.set(bytes, address)
    return this.#engine.commit(address, flags, 0)
  }

  /**
   * The same for `sizeBytes` bytes at an address in the ring's own memory: one call, and nothing is allocated. For
   * programs whose data lies there, like WebAssembly that shares its memory with the ring.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT when they do not lie in the memory
   */
  outputFrom(address: number, sizeBytes: number, flags = 0): number {
    if (!isWord(address) || !isWord(sizeBytes) || address + sizeBytes > this.#buffer.byteLength) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `${sizeBytes} bytes at address ${address} do not lie in the ring's memory of ${this.#buffer.byteLength} bytes`,
        { value: address, bytes: sizeBytes, limit: this.#buffer.byteLength },
      )
    }
    if (!areWakeupFlags(flags)) {
      this.#refuse(1)
      return -EINVAL
    }
    return this.#copyWithin(address, sizeBytes, flags)
  }

  /** Encodes text as UTF-8 and outputs it. Same answers as `output`. */
  outputText(text: string, flags = 0): number {
    checkString('text', text)
    return this.output(encodeText(text), flags)
  }

  /**
   * Outputs many payloads, of any lengths, as one: all are published by one store and with one wake-up,
   * or none is (R20). Same answers as `output`, for all of them.
   */
  outputMany(payloads: readonly Uint8Array[], flags = 0): number {
    checkArray('records', payloads)
    if (!areWakeupFlags(flags)) {
      this.#refuse(payloads.length)
      return -EINVAL
    }
    if (payloads.length === 0) return 0
    let total = 0
    for (const payload of payloads) {
      checkBytes('record', payload)
      total += recordBytes(payload.length)
    }
    // More than a ring ever holds may be more than 32 bits hold.
    const length = total > this.ring.size ? NO_SIZE : total - RECORD_HEADER_BYTES
    const first = this.#reserveRegion(payloads.length, length)
    if (first === 0) return -EAGAIN
    let at = first
    let bytes = 0
    for (const payload of payloads) {
      const size = payload.length
      this.memory.u8.set(payload, at)
      at = (at === first ? this.#engine.nextAddress(at, size) : this.#engine.splitOff(at, size, 0)) >>> 0
      bytes += size
    }
    const firstBytes = (payloads[0] as Uint8Array).length
    return this.#engine.commitRegion(first, payloads.length, firstBytes, bytes, flags, 0)
  }

  /**
   * Reserves `records` records of `sizeBytes` each, at once and in a row. Answers the address of the
   * first payload, or 0. The others are found with `batchAddress`. Nothing is visible to the consumer
   * before `submitBatch`.
   */
  reserveBatch(records: number, sizeBytes: number): number {
    const count = isWord(records) ? records : 0
    const size = isWord(sizeBytes) ? sizeBytes : NO_SIZE
    for (let looks = LOCK_PATIENCE; looks !== GIVE_UP; looks = this.#looksAgain(looks)) {
      const address = this.#engine.reserveBatch(count, size, looks) >>> 0
      if (address !== 0) return address
    }
    return 0
  }

  /** Address of the payload of record `index` of a batch. */
  batchAddress(first: number, index: number, sizeBytes: number): number {
    const address = first + index * recordBytes(sizeBytes)
    return address < this.#payloadEnd ? address : address - this.#attachment.size
  }

  /** Submits all records of a batch with one store and one wake-up decision. Answers like `submit`. */
  submitBatch(first: number, records: number, sizeBytes: number, flags = 0): number {
    return this.#commitBatch(first, records, sizeBytes, flags, 0)
  }

  /** Discards all records of a batch. Answers like `submit`. */
  discardBatch(first: number, records: number, sizeBytes: number, flags = 0): number {
    return this.#commitBatch(first, records, sizeBytes, flags, RECORD_DISCARD_BIT)
  }

  /** Why the last reservation of this thread on this ring failed; `none` if it did not. */
  get reason(): ReasonName {
    return REASON_NAMES[this.#engine.reason()] as ReasonName
  }

  /**
   * Reserves a record as an object that is submitted or discarded exactly once. Null when there is no
   * room now.
   *
   *     using record = producer.record(16)
   *     if (record === null) return
   *     record.float64[0] = performance.now()
   *     record.submit()          // leaving the block without it discards
   *
   * @throws RingbufError ERR_RECORD_TOO_LARGE, ERR_RING_CLOSED, ERR_INVALID_ARGUMENT, ERR_CORRUPTED
   */
  record(sizeBytes: number): WritableRecord | null {
    this.#checkSize(sizeBytes)
    const address = this.reserve(sizeBytes)
    if (address !== 0) return new WritableRecord(this, address, sizeBytes)
    this.#throwIfHopeless(sizeBytes)
    return null
  }

  /**
   * Reserves `records` records of `sizeBytes` each as an object that is submitted or discarded as a
   * whole. Null when there is no room now.
   *
   * @throws RingbufError ERR_RECORD_TOO_LARGE, ERR_RING_CLOSED, ERR_INVALID_ARGUMENT, ERR_CORRUPTED
   */
  batch(records: number, sizeBytes: number): Batch | null {
    this.#checkSize(sizeBytes)
    if (!Number.isInteger(records) || records < 1 || records > 2 ** 32 - 1) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `a batch of ${records} records: it must be a whole number from 1`,
        {
          value: records,
        },
      )
    }
    const first = this.reserveBatch(records, sizeBytes)
    if (first !== 0) return new Batch(this, first, records, sizeBytes)
    // Not recordBytes: this may be more than 32 bits hold.
    this.#throwIfHopeless(
      records * Math.ceil((sizeBytes + RECORD_HEADER_BYTES) / 8) * 8 - RECORD_HEADER_BYTES,
    )
    return null
  }

  /** Whether a record of this size would find room now. Another producer may take it before you do. */
  hasRoom(sizeBytes: number): boolean {
    this.#checkSize(sizeBytes)
    return sizeBytes <= this.ring.largestPayload && Boolean(this.#engine.hasRoom(sizeBytes))
  }

  /**
   * Blocks the thread until a record of this size would find room. Answers false when the time is over
   * or the ring was closed.
   *
   * @throws RingbufError ERR_RECORD_TOO_LARGE, ERR_CANNOT_BLOCK
   */
  waitForRoom(sizeBytes: number, timeoutMs = Number.POSITIVE_INFINITY): boolean {
    assertMayBlock('waitForRoomAsync')
    const deadline = nowMs() + timeoutMs
    for (;;) {
      const sequence = this.#engine.roomSequence() | 0
      if (!this.#mustWaitForRoom(sizeBytes)) return !this.ring.closed
      const remaining = this.#longestSleep(deadline)
      if (!(remaining > 0)) return false
      this.#attachment.memory.bed(this.#roomWord, sequence).block(remaining)
    }
  }

  /** Like `waitForRoom`, on any thread and without blocking it. While it waits the process stays alive. */
  async waitForRoomAsync(sizeBytes: number, timeoutMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    const deadline = nowMs() + timeoutMs
    for (;;) {
      const sequence = this.#engine.roomSequence() | 0
      if (!this.#mustWaitForRoom(sizeBytes)) return !this.ring.closed
      const remaining = this.#longestSleep(deadline)
      if (!(remaining > 0)) return false
      await sleepAsync(this.#attachment.memory.bed(this.#roomWord, sequence), remaining)
    }
  }

  /**
   * Gives this thread's slot of counters free for another. The producer must not be used after. In a recoverable
   * ring, what it had reserved and not committed is discarded, and counted as abandoned.
   */
  detach(): void {
    if (this.#own) {
      leaveSlot(this.#attachment, this.#own)
      // Unless it was declared gone, and this thread has opened another since.
      if (this.#attachment.own === this.#own) {
        this.#attachment.own = undefined
        actForNobody(this.#attachment, this.#slot)
      }
      this.#own = undefined
      this.#slot = 0
      return
    }
    if (this.#slot !== 0) Atomics.store(this.memory.u32, slotWord(this.#attachment, this.#slot), 0)
    this.#slot = 0
    if (!this.#attachment.recoverable) this.#useSlot()
  }

  /** The same as `detach`. */
  [Symbol.dispose](): void {
    this.detach()
  }

  /**
   * Number of this producer, from 1: its slot of counters, and the owner of its records if the ring was
   * made with `owners`. 0 when all were taken, and after `detach`: shared with others.
   */
  get id(): number {
    return this.#slot
  }

  /** Whether it was declared gone, or its thread was thought to have died: nothing of it succeeds any more. */
  get gone(): boolean {
    return this.#own !== undefined && slotOwner(this.#attachment, this.#own.slot) !== this.#own.token
  }

  #takeSlot(): number {
    if (!this.#attachment.recoverable) return takeSlot(this.#attachment)
    this.#own = takeOwnSlot(this.#attachment)
    this.#attachment.own = this.#own
    return this.#own.slot
  }

  #useSlot(): void {
    if (this.#own) {
      actFor(this.#attachment, this.#own)
      return
    }
    const { flags } = this.#attachment
    const owner = (flags & RING_FLAG_OWNERS) === 0 ? 0 : this.#slot << RECORD_OWNER_SHIFT
    this.#engine.useSlot(slotAddress(this.#attachment, this.#slot), this.#slot === 0, owner, 0)
  }

  get #roomWord(): number {
    return (this.#attachment.address + ROOM_SEQUENCE) >>> 2
  }

  #reservePatiently(sizeBytes: number): number {
    this.#engine.bePatient(true)
    try {
      return this.reserve(sizeBytes)
    } finally {
      this.#engine.bePatient(false)
    }
  }

  /** Commits tell nobody who waits for room; in overwrite mode they are what makes it. */
  #longestSleep(deadline: number): number {
    const remaining = deadline - nowMs()
    if (this.#attachment.overwrites) return Math.min(remaining, 1)
    // Whoever was to wake it may have died.
    return this.#attachment.recoverable ? Math.min(remaining, LOOK_MS) : remaining
  }

  #mustWaitForRoom(sizeBytes: number): boolean {
    if (this.#engine.isClosed()) return false
    if (this.hasRoom(sizeBytes)) return false
    if (sizeBytes > this.ring.largestPayload) throw tooLarge(this.ring, sizeBytes)
    this.#patience?.held()
    return Boolean(this.#engine.awaitRoom(sizeBytes))
  }

  #copyWithin(source: number, sizeBytes: number, flags: number): number {
    for (let looks = LOCK_PATIENCE; looks !== GIVE_UP; looks = this.#looksAgain(looks)) {
      const answer = this.#engine.output(source, sizeBytes, flags, looks)
      if (answer !== -EAGAIN) return answer
    }
    return -EAGAIN
  }

  #reserveRegion(records: number, length: number): number {
    for (let looks = LOCK_PATIENCE; looks !== GIVE_UP; looks = this.#looksAgain(looks)) {
      const address = this.#engine.reserveRegion(records, length, looks) >>> 0
      if (address !== 0) return address
    }
    return 0
  }

  #commitBatch(first: number, records: number, sizeBytes: number, flags: number, discard: number): number {
    if (!isWord(first) || !isWord(records) || !isWord(sizeBytes)) return -EINVAL
    return this.#engine.commitBatch(first, records, sizeBytes, flags, discard)
  }

  /** Counts output with unknown flags: the algorithm refuses a reservation with any flag. */
  #refuse(records: number): void {
    for (let i = 0; i < records; i++) this.#engine.reserve(0, NO_FLAGS, 0)
  }

  /** Whether the last reservation failed by what others hold: the lock, or the room. */
  #isHeldUp(): boolean {
    const reason = this.#engine.reason()
    return reason === REASON_CONTENDED || reason === REASON_FULL
  }

  /**
   * After a reservation that looked so often and failed: how often the next one looks, if only another producer was in
   * the way; else GIVE_UP.
   */
  #looksAgain(looks: number): number {
    const reason = this.#engine.reason()
    if (reason === REASON_FULL && this.#patience) return this.#patience.held() ? LOCK_PATIENCE : GIVE_UP
    if (reason !== REASON_CONTENDED || looks === 0) return GIVE_UP
    if (this.#attachment.locked) {
      if (!parkOnLock(this.#attachment)) recoverLock(this.#attachment)
      return LOCK_PATIENCE
    }
    // Not for ever: it tries once more, and then counts as dropped.
    return parkOnReservation(this.#attachment) ? LOCK_PATIENCE : 0
  }

  #checkSize(sizeBytes: number): void {
    if (isWord(sizeBytes)) return
    throw new RingbufError('ERR_INVALID_ARGUMENT', `record size ${sizeBytes} must be a whole number from 0`, {
      value: sizeBytes,
    })
  }

  #throwIfHopeless(sizeBytes: number): void {
    const reason = this.#engine.reason()
    if (reason === REASON_TOO_LARGE) throw tooLarge(this.ring, sizeBytes)
    if (reason === REASON_GONE) {
      throw new RingbufError(
        'ERR_PRODUCER_GONE',
        `producer ${this.#slot} of ring '${this.ring.name}' was declared gone: open a new one`,
        { value: this.#slot },
      )
    }
    if (reason === REASON_CLOSED)
      throw new RingbufError('ERR_RING_CLOSED', `ring '${this.ring.name}' was closed`)
    if (reason === REASON_BAD_POSITION) {
      const found = this.ring.query(BPF_RB_PROD_POS)
      throw new RingbufError(
        'ERR_CORRUPTED',
        `ring '${this.ring.name}' is damaged: producer position ${found}`,
        {
          reason: 'bad-position',
          found,
        },
      )
    }
  }
}

/** Whether this is a whole number of 32 bits. The two builds round everything else differently. */
function isWord(value: number): boolean {
  return value >>> 0 === value
}

function areWakeupFlags(flags: number): boolean {
  return isWord(flags) && (flags & ~WAKEUP_FLAGS) === 0
}

const producers = new WeakMap<Ring<unknown>, Producer>()

/**
 * Opens the writing end of a ring in this thread. A thread has one for each attached ring: calling again
 * gives the same one; after it was declared gone, a new one.
 *
 * @throws RingbufError ERR_TOO_MANY_PRODUCERS in a recoverable ring, where each needs a slot of its own
 */
export function openProducer(ring: Ring<unknown>): Producer {
  attachmentOf(ring)
  ring.mustAllow('all')
  let producer = producers.get(ring)
  if (!producer || producer.gone) {
    producer = new Producer(ring)
    producers.set(ring, producer)
  }
  return producer
}

/** In a recoverable ring each producer has a slot to itself. Those of dead threads are recovered first. */
function takeOwnSlot(attachment: Attachment): OwnSlot {
  const take = (): OwnSlot | undefined => {
    for (let slot = 1; slot < RESCUE_SLOT; slot++) {
      const own = slotOwner(attachment, slot) === 0 ? takeSlotFrom(attachment, slot, 0) : undefined
      if (own) return own
    }
    return undefined
  }
  recover(attachment)
  const own = take()
  if (own) return own
  const limit = RESCUE_SLOT - 1
  throw new RingbufError(
    'ERR_TOO_MANY_PRODUCERS',
    `ring '${attachment.name}' has ${limit} producers: as many as a recoverable ring can have`,
    { limit },
  )
}

/** Takes a free slot; slot 0, which all latecomers share, when there is none. */
function takeSlot(attachment: Attachment): number {
  for (let slot = 1; slot < PRODUCER_SLOTS; slot++) {
    if (Atomics.compareExchange(attachment.views.u32, slotWord(attachment, slot), 0, 1) === 0) return slot
  }
  return 0
}

function slotAddress({ address }: Attachment, slot: number): number {
  return address + SLOTS_OFFSET + slot * SLOT_BYTES
}

function slotWord(attachment: Attachment, slot: number): number {
  return (slotAddress(attachment, slot) + SLOT_OWNER) >>> 2
}
