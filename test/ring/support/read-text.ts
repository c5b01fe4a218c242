import assert from 'node:assert/strict'
import { openConsumer } from 'bpf-ringbuf'
import type { AnyRing } from './rings.js'

/** The next record of a ring that has no consumer, as text. */
export function mustReadText(ring: AnyRing): string {
  using consumer = openConsumer(ring)
  const record = consumer.read()
  assert.ok(record, 'no record is ready')
  return Buffer.from(record).toString()
}
