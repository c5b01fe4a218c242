/** Slots of recoverable rings: who takes or returns one does so from whom it has judged, and from nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRing, openProducer } from 'bpf-ringbuf'
import {
  IDENTITY_START,
  OWNER_REVOKED,
  OWNER_USED,
  SLOT_BYTES,
  SLOT_IDENTITY,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { isSlotGone, returnSlot, slotOwner, takeSlotFrom } from '#dist/ring/slot.js'

const make = () => attachmentOf(createRing({ size: 4096, recoverable: true }))

/** Takes slot 1, which nobody has. */
function mustTake(attachment: ReturnType<typeof make>, before = 0) {
  const own = takeSlotFrom(attachment, 1, before)
  assert.ok(own)
  return own
}

test('each who takes a slot has another name', () => {
  const attachment = make()
  const first = mustTake(attachment)
  returnSlot(attachment, first)
  const second = mustTake(attachment)
  assert.equal(second.token & OWNER_USED, OWNER_USED)
  assert.notEqual(second.token, first.token)
  assert.equal(slotOwner(attachment, 1), second.token)
})

test('a slot that is another’s by now is not taken, and not given back', () => {
  const attachment = make()
  const { slot, token } = mustTake(attachment)
  assert.equal(takeSlotFrom(attachment, slot, 0), undefined)
  assert.equal(slotOwner(attachment, slot), token)
  returnSlot(attachment, { slot, token: token + 4 })
  assert.equal(slotOwner(attachment, slot), token)
})

test('the owner of a slot that was revoked is known by what the slot says of it', () => {
  const ring = createRing({ size: 4096, recoverable: true })
  const attachment = attachmentOf(ring)
  const { id } = openProducer(ring)
  const owner = slotOwner(attachment, id)
  const revoked = (owner | OWNER_REVOKED) >>> 0
  assert.equal(isSlotGone(attachment, id, revoked), false)
  // The thread of that number started at another time: it is not the one that had the slot.
  const start = (attachment.address + SLOTS_OFFSET + id * SLOT_BYTES + SLOT_IDENTITY + IDENTITY_START) >>> 2
  attachment.views.u32[start] = 1
  assert.equal(isSlotGone(attachment, id, revoked), true)
})
