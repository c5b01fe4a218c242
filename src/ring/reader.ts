import { RingbufError } from '../abi/error.js'
import { BPF_RB_PROD_POS } from '../abi/flags.js'
import { REASON_NAMES } from '../abi/reason.js'
import { CONSUMER_POSITION, CONSUMER_ROUNDS, DATA_OFFSET, RING_FLAG_RECOVERABLE } from '../abi/region.js'
import { DAMAGED } from './algorithm/index.js'
import type { Attachment } from './attachment.js'

/** Where the records that a reader has found stand: the header of position p at base + (p - origin) & mask. */
export interface Window {
  readonly u8: Uint8Array
  readonly i32: Int32Array
  readonly base: number
  readonly origin: number
  readonly mask: number
}

/** Records that a reader passed because they are gone, and where. */
export interface Gap {
  readonly count: number
  /** Position of the first record behind the gap: u32. */
  readonly position: number
}

/** Reads committed records in order, from a position on. Positions are signed words here. */
export interface Reader {
  /** Where it stands. `scan` moves it over a gap; otherwise `release` does. */
  readonly position: number
  /** Where the records are that the last `scan` found. */
  readonly window: Window
  /** Whether `scan` would find a record. */
  readonly ready: boolean
  /** Where all ends that is reserved now: for `isBefore`, which knows what it means. */
  readonly end: number
  isBefore(end: number): boolean
  /** Whether the kernel's poll would say EPOLLIN: anything is reserved, committed or not. Or it is closed. */
  readonly readable: boolean
  /**
   * Finds at most `records` records from its position on, and answers the position behind the last; its
   * own position if there is none. @throws RingbufError ERR_CORRUPTED
   */
  scan(records: number): number
  /** Gives back what lies before `to`, of which so many records were delivered and passed over. */
  release(to: number, consumed: number, skipped: number): void
  /** The gap that the last scan came over, once. */
  takeGap(): Gap | undefined
}

/** Reads records where they are. What it has found stays until it is released. */
export class InPlaceReader implements Reader {
  readonly window: Window
  readonly #attachment: Attachment
  #position: number

  constructor(attachment: Attachment, position: number) {
    this.#attachment = attachment
    const { views, address, size } = attachment
    this.window = { u8: views.u8, i32: views.i32, base: address + DATA_OFFSET, origin: 0, mask: size - 1 }
    this.#position = position
  }

  get position(): number {
    return this.#position
  }

  get ready(): boolean {
    return Boolean(this.#attachment.engine.isReady(this.#position))
  }

  get end(): number {
    return this.#attachment.engine.query(BPF_RB_PROD_POS) | 0
  }

  isBefore(end: number): boolean {
    return ((end - this.#position) | 0) > 0
  }

  get readable(): boolean {
    return Boolean(this.#attachment.engine.isReadable(this.#position))
  }

  scan(records: number): number {
    const { name, engine, views, address } = this.#attachment
    const stored = Atomics.load(views.i32, (address + CONSUMER_POSITION) >>> 2)
    if (stored !== this.#position) throw corrupted(name, 'bad-position', this.#position, stored)
    const end = engine.scan(this.#position, records)
    if (end === DAMAGED) {
      const reason = REASON_NAMES[engine.reason()] ?? 'unknown'
      throw corrupted(name, reason, this.#position, engine.evidence())
    }
    return end
  }

  release(to: number, consumed: number, skipped: number): void {
    const from = this.#position
    this.#position = to
    if (to === from) return
    const { engine, flags, memory, views, address } = this.#attachment
    engine.release(from, to, consumed, skipped)
    // In recoverable rings that is part of the release.
    if ((flags & RING_FLAG_RECOVERABLE) !== 0) return
    // For whoever must tell laps apart: the high half, as the kernel's position has one. Where the kernel
    // itself reads it, both halves were stored as one.
    if (to >>> 0 < from >>> 0 && memory.access === 'all')
      Atomics.add(views.u32, (address + CONSUMER_ROUNDS) >>> 2, 1)
  }

  takeGap(): undefined {
    return undefined
  }
}

/** Something in the shared memory cannot be. */
export function corrupted(name: string, reason: string, at: number, evidence: number): RingbufError {
  const position = at >>> 0
  const found = evidence >>> 0
  return new RingbufError(
    'ERR_CORRUPTED',
    `ring '${name}' is damaged at position ${position}: ${reason}, found 0x${found.toString(16)}`,
    { reason, position, found },
  )
}
