/** Recoverable rings: a thread that dies when it has taken a slot, and not yet said who it is. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { createRing } from 'bpf-ringbuf'
import {
  OWNER_GENERATION_SHIFT,
  OWNER_THREAD_SHIFT,
  OWNER_USED,
  SLOT_BYTES,
  SLOT_OWNER,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'

test('its number says that it is dead, and its slot is free again', () => {
  const ring = createRing({ size: 4096, recoverable: true })
  const { views, address } = attachmentOf(ring)
  const owner = (address + SLOTS_OFFSET + SLOT_BYTES + SLOT_OWNER) >>> 2
  const take = (thread: number) => {
    const generation = 1 << OWNER_GENERATION_SHIFT
    views.u32[owner] = (thread << OWNER_THREAD_SHIFT) | generation | OWNER_USED
  }
  take(process.pid)
  assert.equal(ring.recover(), 0)
  assert.notEqual(views.u32[owner], 0)
  take(spawnSync('true').pid)
  assert.equal(ring.recover(), 1)
  assert.equal(views.u32[owner], 0)
})
