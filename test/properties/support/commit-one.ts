import assert from 'node:assert/strict'
import { pattern, type Rig } from '../../ring/support/rig.js'
import type { Held, Model } from '../models/ring-model.js'

/** Fills and commits one of the records that are held, in the ring and in its model; none if none is held. */
export function commitOne(
  { rig, model, held }: { readonly rig: Rig; readonly model: Model; readonly held: Held[] },
  way: 'submit' | 'discard',
  which: number,
  serial: number,
): void {
  const record = held.splice(which % (held.length || 1), 1)[0]
  if (record === undefined) return
  const payload = pattern(record.size, serial)
  rig.u8.set(payload, record.address)
  assert.equal(rig.producer[way](record.address), 0)
  model.commit(record, [payload], way === 'submit' ? 'kept' : 'discarded')
}
