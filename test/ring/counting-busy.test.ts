/** What is in flight, where a producer has claimed a record and not yet written its header. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRing } from 'bpf-ringbuf'
import { REASON_NONE } from '#dist/abi/reason.js'
import { PRODUCER_POSITION } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { ENGINES } from './support/builds.js'

for (const engine of ENGINES) {
  test(`one that is claimed counts, and nothing is wrong with it: ${engine}`, () => {
    const ring = createRing({ size: 4096, engine, reservations: 'claim' })
    const { views, address, engine: own } = attachmentOf(ring)
    views.u32[(address + PRODUCER_POSITION) >>> 2] = 64
    assert.equal(own.countBusy(), 1)
    assert.equal(own.reason(), REASON_NONE)
  })
}
