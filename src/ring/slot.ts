/** Slots of recoverable rings: who has one, and whether that thread still lives. */
import { RECORD_OWNER_SHIFT } from '../abi/record.js'
import {
  CONSUMER_OWNER,
  HOME_NAMESPACE,
  IDENTITY_IMAGE,
  IDENTITY_NAMESPACE,
  IDENTITY_PROCESS,
  IDENTITY_START,
  IDENTITY_THREAD,
  IDENTITY_TOKEN,
  JOURNAL_ABANDONED,
  OWNER_GENERATION_MASK,
  OWNER_GENERATION_SHIFT,
  OWNER_REVOKED,
  OWNER_THREAD_MAX,
  OWNER_THREAD_SHIFT,
  OWNER_USED,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_IDENTITY,
  SLOT_JOURNAL,
  SLOT_OWNER,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOTS_OFFSET,
} from '../abi/region.js'
import { isGone, isThreadGone, thisThread } from '../memory/liveness.js'
import type { Attachment } from './attachment.js'

/** A slot that a thread has, and what its owner word says as long as that is so. */
export interface OwnSlot {
  readonly slot: number
  readonly token: number
}

/** Takes a slot if its owner word is `before`: 0, or that of a thread that died. */
export function takeSlotFrom(attachment: Attachment, slot: number, before: number): OwnSlot | undefined {
  const { views, address } = attachment
  const last = Atomics.load(views.u32, identityWord(address, slot, IDENTITY_TOKEN))
  const generation = ((last >>> OWNER_GENERATION_SHIFT) + 1) & OWNER_GENERATION_MASK
  const token = (threadBits(attachment) | (generation << OWNER_GENERATION_SHIFT) | OWNER_USED) >>> 0
  if (Atomics.compareExchange(views.u32, ownerWord(address, slot), before, token) !== before) return undefined
  writeIdentity(attachment, slot, token)
  return { slot, token }
}

/** Makes the engine act for this slot. */
export function actFor({ engine, address }: Attachment, { slot, token }: OwnSlot): void {
  engine.useSlot(address + SLOTS_OFFSET + slot * SLOT_BYTES, false, slot << RECORD_OWNER_SHIFT, token)
}

/** Makes the engine act for nobody: whatever it tries is refused, and counted nowhere. */
export function actForNobody(attachment: Attachment, slot: number): void {
  // No owner word says this: a slot that is revoked has an owner.
  actFor(attachment, { slot, token: OWNER_REVOKED })
}

/** Owner word of a slot. */
export function slotOwner({ views, address }: Attachment, slot: number): number {
  return Atomics.load(views.u32, ownerWord(address, slot))
}

/** Gives a slot back that this thread has. */
export function returnSlot({ views, address }: Attachment, { slot, token }: OwnSlot): void {
  Atomics.compareExchange(views.u32, ownerWord(address, slot), token, 0)
}

/** Whether nobody can tell whether the owner of a slot lives: then the word of the application is taken. */
export function isUnknown(attachment: Attachment, slot: number): boolean {
  const { views, address } = attachment
  return Atomics.load(views.u32, identityWord(address, slot, IDENTITY_NAMESPACE)) === 0
}

/** Whether this thread can tell whether the owner of a slot lives. */
export function canTell(attachment: Attachment, slot: number): boolean {
  const { views, address } = attachment
  const { namespace } = thisThread()
  return (
    namespace !== 0 && Atomics.load(views.u32, identityWord(address, slot, IDENTITY_NAMESPACE)) === namespace
  )
}

/** How many records of a slot are reserved and not committed, as its owner counts them. */
export function openRecords({ views, address }: Attachment, slot: number): number {
  const word = (offset: number) =>
    views.u32[(address + SLOTS_OFFSET + slot * SLOT_BYTES + offset) >>> 2] as number
  const settled = [
    SLOT_SUBMITTED,
    SLOT_DISCARDED,
    SLOT_DROPPED,
    SLOT_REFUSED,
    SLOT_JOURNAL + JOURNAL_ABANDONED,
  ]
  return settled.reduce((open, offset) => open - word(offset), word(SLOT_ATTEMPTED)) | 0
}

/** Whether the thread that has this slot, by its owner word, certainly lives no more. */
export function isSlotGone(attachment: Attachment, slot: number, owner: number): boolean {
  return isOwnerGone(attachment, slot, (owner & ~OWNER_REVOKED) >>> 0)
}

/** What the owner word of a consumer says that this thread opens, after it said `before`. Never the same. */
export function consumerToken(attachment: Attachment, before: number): number {
  const generation = ((before >>> 1) + 1) & CONSUMER_GENERATION_MASK
  return (threadBits(attachment) | (generation << 1) | OWNER_USED) >>> 0
}

const CONSUMER_GENERATION_MASK = 0x1ff

/** Says who the consumer is. Answers what undoes that. */
export function signConsumer(attachment: Attachment, token: number): () => void {
  const { views, address } = attachment
  const words = IDENTITY_WORDS.map((at) => identityWord(address, 0, at))
  const before = words.map((word) => Atomics.load(views.u32, word))
  writeIdentity(attachment, 0, token)
  return () => {
    for (const [index, word] of words.entries()) Atomics.store(views.u32, word, before[index] as number)
  }
}

/** The words of an identity, in the order in which they are written. */
const IDENTITY_WORDS = [
  IDENTITY_PROCESS,
  IDENTITY_THREAD,
  IDENTITY_NAMESPACE,
  IDENTITY_START,
  IDENTITY_START + 4,
  IDENTITY_IMAGE,
  IDENTITY_TOKEN,
]

/** Whether the thread of the consumer certainly lives no more, by its owner word. */
export function isConsumerGone(attachment: Attachment, owner: number): boolean {
  const { views, address } = attachment
  return (
    isOwnerGone(attachment, 0, owner) && Atomics.load(views.u32, (address + CONSUMER_OWNER) >>> 2) === owner
  )
}

function isOwnerGone(attachment: Attachment, slot: number, token: number): boolean {
  const { views, address } = attachment
  const read = (at: number) => Atomics.load(views.u32, identityWord(address, slot, at))
  if (read(IDENTITY_TOKEN) === token) {
    const identity = {
      process: read(IDENTITY_PROCESS),
      thread: read(IDENTITY_THREAD),
      namespace: read(IDENTITY_NAMESPACE),
      startLow: read(IDENTITY_START),
      startHigh: read(IDENTITY_START + 4),
      image: read(IDENTITY_IMAGE),
    }
    // It may have changed hands while it was read.
    return read(IDENTITY_TOKEN) === token && isGone(identity)
  }
  // It died before it could say who it is, or is about to.
  const thread = token >>> OWNER_THREAD_SHIFT
  return thread !== 0 && isAtHome(attachment) && isThreadGone(thread)
}

/** Whether this thread's number means something to those who have the ring. */
function isAtHome({ views, address }: Attachment): boolean {
  const { namespace } = thisThread()
  return namespace !== 0 && Atomics.load(views.u32, (address + HOME_NAMESPACE) >>> 2) === namespace
}

function threadBits(attachment: Attachment): number {
  const { thread } = thisThread()
  return isAtHome(attachment) && thread <= OWNER_THREAD_MAX ? thread << OWNER_THREAD_SHIFT : 0
}

function writeIdentity({ views, address }: Attachment, slot: number, token: number): void {
  const { process, thread, namespace, startLow, startHigh, image } = thisThread()
  const values = [process, thread, namespace, startLow, startHigh, image, token]
  // The token last: from then on the rest is believed.
  for (const [index, at] of IDENTITY_WORDS.entries()) {
    Atomics.store(views.u32, identityWord(address, slot, at), values[index] as number)
  }
}

function ownerWord(address: number, slot: number): number {
  return (address + SLOTS_OFFSET + slot * SLOT_BYTES + SLOT_OWNER) >>> 2
}

function identityWord(address: number, slot: number, at: number): number {
  return (address + SLOTS_OFFSET + slot * SLOT_BYTES + SLOT_IDENTITY + at) >>> 2
}
