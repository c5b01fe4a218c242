/** Recovering from threads that died: who does it, and when. What is done is in algorithm/recover.ts. */
import { RingbufError } from '../abi/error.js'
import {
  LOCK_PARKED_BIT,
  LOCK_WORD,
  OWNER_GENERATION_MASK,
  OWNER_GENERATION_SHIFT,
  OWNER_REVOKED,
  PRODUCER_SLOTS,
  RESCUE_SLOT,
} from '../abi/region.js'
import { nowMs } from '../memory/clock.js'
import type { Attachment } from './attachment.js'
import { HELD_MS } from './hold-up.js'
import { parkOnLock } from './park.js'
import {
  actFor,
  canTell,
  isSlotGone,
  isUnknown,
  type OwnSlot,
  openRecords,
  returnSlot,
  slotOwner,
  takeSlotFrom,
} from './slot.js'

/** How often a thread looks at a lock before it parks: some microseconds. */
export const LOCK_PATIENCE = 2000

/** How long whoever recovers waits for a lock that somebody holds who lives: milliseconds. */
const LOCK_MS = 2 * HELD_MS

/**
 * Recovers from every producer whose thread died. Answers how many those were; 0 also when another thread is
 * doing it, and when the lock cannot be had, because a thread that lives was stopped while it held that.
 */
export function recover(attachment: Attachment): number {
  if (!hasGone(attachment)) return 0
  return asMember(attachment, (own) => recoverWithLock(attachment, own)) ?? 0
}

/**
 * The same, and from `declared`, of which the application says that it died.
 *
 * @throws RingbufError ERR_LOCK_HELD
 */
export function recoverDeclared(attachment: Attachment, declared: number): void {
  const deadline = nowMs() + LOCK_MS
  do {
    if (asMember(attachment, (own) => recoverWithLock(attachment, own, declared), declared) !== undefined)
      return
  } while (nowMs() < deadline)
  throw new RingbufError(
    'ERR_LOCK_HELD',
    `producer ${declared} of ring '${attachment.name}' cannot be declared gone: a thread that lives holds the lock`,
    { value: declared },
  )
}

/**
 * Gives the slot of this thread's producer back. What it had reserved and not committed nobody could commit any
 * more, nor would its slot be looked at: it is taken back first. If that cannot be now, the slot is given back when
 * this thread has ended.
 */
export function leaveSlot(attachment: Attachment, own: OwnSlot): void {
  if (openRecords(attachment, own.slot) === 0) {
    returnSlot(attachment, own)
    return
  }
  // Not as the member that leaves: whoever holds the lock must have a slot.
  asMember(
    attachment,
    () => {
      if (!takeLock(attachment, 0)) return undefined
      attachment.engine.recoverSlot(own.slot, own.token, true)
      attachment.engine.endRecovery()
      return 1
    },
    own.slot,
  )
}

/**
 * For whoever has waited for the lock for longer than a holder that lives ever takes: takes it over from one
 * that died, recovers, and gives it back.
 */
export function recoverLock(attachment: Attachment): void {
  if (!isHolderGone(attachment, lockWord(attachment), 0)) return
  asMember(attachment, (own) => (seize(attachment, 0) ? recoverUnderLock(attachment, own, 0) : 0))
}

function recoverWithLock(attachment: Attachment, own: OwnSlot, declared = 0): number | undefined {
  return takeLock(attachment, declared) ? recoverUnderLock(attachment, own, declared) : undefined
}

/** Takes the lock, from a holder that died if need be. Not for ever: one that lives may have been stopped. */
function takeLock(attachment: Attachment, declared: number): boolean {
  const deadline = nowMs() + LOCK_MS
  do {
    if (attachment.engine.lock(LOCK_PATIENCE)) return true
    if (!parkOnLock(attachment) && seize(attachment, declared)) return true
  } while (nowMs() < deadline)
  return false
}

/** Whether the thread of any producer is gone. */
function hasGone(attachment: Attachment): boolean {
  for (let slot = 1; slot < PRODUCER_SLOTS; slot++) {
    const owner = slotOwner(attachment, slot)
    if (owner !== 0 && isSlotGone(attachment, slot, owner)) return true
  }
  return isHolderGone(attachment, lockWord(attachment), 0)
}

function recoverUnderLock(attachment: Attachment, own: OwnSlot, declared: number): number {
  let recovered = 0
  for (let slot = 1; slot < PRODUCER_SLOTS; slot++) {
    const owner = slotOwner(attachment, slot)
    if (owner === 0 || slot === own.slot) continue
    const ended = isSlotGone(attachment, slot, owner)
    if (!ended && slot !== declared) continue
    const isFree = ended || isUnknown(attachment, slot)
    if (!attachment.engine.recoverSlot(slot, owner, isFree)) continue
    if ((owner & OWNER_REVOKED) === 0 && slot !== RESCUE_SLOT) recovered++
  }
  attachment.engine.endRecovery()
  return recovered
}

/** Takes the lock from a holder that died, if it did. */
function seize(attachment: Attachment, declared: number): boolean {
  const word = lockWord(attachment)
  return isHolderGone(attachment, word, declared) && Boolean(attachment.engine.seizeLock(word))
}

function isHolderGone(attachment: Attachment, word: number, declared: number): boolean {
  const held = word & ~LOCK_PARKED_BIT
  if (held === 0) return false
  const slot = (held & 0xff) - 1
  if (slot < 1 || slot >= PRODUCER_SLOTS) return false
  // From one that lives it is never taken, whatever the application says: it may be about to write under it.
  if (slot === declared && !canTell(attachment, slot)) return true
  const owner = slotOwner(attachment, slot)
  // The slot of a dead rescuer was taken by another, who waits for the lock like everybody.
  const generation = (owner >>> OWNER_GENERATION_SHIFT) & OWNER_GENERATION_MASK
  return generation !== held >>> 8 || isSlotGone(attachment, slot, owner)
}

function lockWord({ views, address }: Attachment): number {
  return Atomics.load(views.i32, (address + LOCK_WORD) >>> 2)
}

/**
 * Does something as the producer that this thread has, unless that is `leaving`, or in the slot for those who have
 * none. Answers undefined if another is in that slot.
 */
function asMember(
  attachment: Attachment,
  work: (own: OwnSlot) => number | undefined,
  leaving = 0,
): number | undefined {
  const { own } = attachment
  if (own && own.slot !== leaving && slotOwner(attachment, own.slot) === own.token) return work(own)
  const owner = slotOwner(attachment, RESCUE_SLOT)
  if (owner !== 0 && !isSlotGone(attachment, RESCUE_SLOT, owner)) return undefined
  const guest = takeSlotFrom(attachment, RESCUE_SLOT, owner)
  if (!guest) return undefined
  actFor(attachment, guest)
  try {
    return work(guest)
  } finally {
    returnSlot(attachment, guest)
    if (own) actFor(attachment, own)
  }
}

/** Recovers when something is held up, and has been so for a while. */
export class Patience {
  readonly #attachment: Attachment
  #since = Number.NaN

  constructor(attachment: Attachment) {
    this.#attachment = attachment
  }

  /** Nothing holds it up. */
  calm(): void {
    this.#since = Number.NaN
  }

  /** Something does. Answers whether recovering has changed something. */
  held(): boolean {
    const now = nowMs()
    if (Number.isNaN(this.#since)) this.#since = now
    if (now - this.#since < HELD_MS) return false
    this.#since = now
    return recover(this.#attachment) > 0
  }
}
