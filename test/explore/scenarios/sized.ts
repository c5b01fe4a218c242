import type { Order } from '../actors/stage.js'
import { closing } from './closing.js'
import { flushing } from './flushing.js'
import { gathering } from './gathering.js'
import { overwriting } from './overwriting.js'
import type { Scenario } from './scenario.js'
import { plain, sending } from './sending.js'
import { takingOver } from './special.js'
import { together } from './together.js'

/** Every kind of scenario that can be made larger, so large. */
export function sized(producers: number, records: number): Scenario[] {
  const plans = Array.from({ length: producers }, () => plain(records))
  const size = `${producers} × ${records} records`
  const all = producers * records
  const inOrder = (order: Order): Scenario[] => {
    const ring = { order }
    const tight = { order, size: 32 }
    return [
      sending(size, ring, plans),
      sending(`${size}, room for one`, tight, plans),
      sending(`${size}, a consumer whose time is over twice`, ring, plans, { impatience: 2 }),
      gathering(`${size}, waiting for all but one`, { order, size: 256 }, plans, {
        records: Math.max(1, all - 1),
      }),
      gathering(`${size}, waiting for bytes`, { order, size: 256 }, plans, {
        bytes: Math.max(16, all * 16 - 16),
      }),
      closing(`${size}, room for one, closing`, tight, plans),
      flushing(`${records} records, flushing`, ring, plain(records)),
      takingOver(`${records + 1} records, a consumer that dies`, ring, plain(records + 1)),
      together(
        `${producers} rings, one bell, edges`,
        ring,
        Array.from({ length: producers }, () => records),
        'edge',
      ),
      together(
        `${producers} rings, one bell, levels`,
        ring,
        Array.from({ length: producers }, () => records),
        'level',
      ),
    ]
  }
  return [...inOrder('claim'), ...inOrder('lock'), overwriting(`${records + 4} records`, plain(records + 4))]
}
