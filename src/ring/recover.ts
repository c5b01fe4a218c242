/** Recovering from threads that died: who does it, and when. What is done is in algorithm/recover.ts. */
import {
  LOCK_PARKED_BIT,
  LOCK_WORD,
  OWNER_GENERATION_MASK,
  OWNER_GENERATION_SHIFT,
  OWNER_REVOKED,
  PRODUCER_SLOTS,
  RESCUE_SLOT,
} from '../abi/region.js'
import type { Attachment } from './attachment.js'
import { HELD_MS } from './hold-up.js'
import { parkOnLock } from './park.js'
import { actFor, isSlotGone, isUnknown, type OwnSlot, returnSlot, slotOwner, takeSlotFrom } from './slot.js'

/** How often a thread looks at a lock before it parks: some microseconds. */
export const LOCK_PATIENCE = 2000

/**
 * Recovers from every producer whose thread died, and from `declared`, of which the application says so.
 * Answers how many those were; 0 also when another thread is doing it.
 */
export function recover(attachment: Attachment, declared = 0): number {
  if (declared === 0 && !hasGone(attachment)) return 0
  return asMember(attachment, (own) => {
    while (!attachment.engine.lock(LOCK_PATIENCE)) {
      if (parkOnLock(attachment)) continue
      if (seize(attachment, declared)) break
    }
    return recoverUnderLock(attachment, own, declared)
  })
}

/**
 * For whoever has waited for the lock for longer than a holder that lives ever takes: takes it over from one
 * that died, recovers, and gives it back.
 */
export function recoverLock(attachment: Attachment): void {
  if (!isHolderGone(attachment, lockWord(attachment), 0)) return
  asMember(attachment, (own) => (seize(attachment, 0) ? recoverUnderLock(attachment, own, 0) : 0))
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
    attachment.engine.recoverSlot(slot, ended || isUnknown(attachment, slot))
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
  if (slot === declared) return true
  const owner = slotOwner(attachment, slot)
  // The slot of a dead rescuer was taken by another, who waits for the lock like everybody.
  const generation = (owner >>> OWNER_GENERATION_SHIFT) & OWNER_GENERATION_MASK
  return generation !== held >>> 8 || isSlotGone(attachment, slot, owner)
}

function lockWord({ views, address }: Attachment): number {
  return Atomics.load(views.i32, (address + LOCK_WORD) >>> 2)
}

/** Does something as the producer that this thread has, or in the slot for those who have none. */
function asMember(attachment: Attachment, work: (own: OwnSlot) => number): number {
  const { own } = attachment
  if (own && slotOwner(attachment, own.slot) === own.token) return work(own)
  const owner = slotOwner(attachment, RESCUE_SLOT)
  if (owner !== 0 && !isSlotGone(attachment, RESCUE_SLOT, owner)) return 0
  const guest = takeSlotFrom(attachment, RESCUE_SLOT, owner)
  if (!guest) return 0
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
    const now = performance.now()
    if (Number.isNaN(this.#since)) this.#since = now
    if (now - this.#since < HELD_MS) return false
    this.#since = now
    return recover(this.#attachment) > 0
  }
}
