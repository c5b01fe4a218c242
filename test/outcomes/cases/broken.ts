/** Twins of the algorithm with a fault, which must show what the true ones never do. */
import { BPF_RB_CONS_POS } from 'bpf-ringbuf'
import { RECORD_BUSY_BIT } from '#dist/abi/record.js'
import { PRODUCER_POSITION } from '#dist/abi/region.js'
import { addressOf } from '../../ring/support/rings.js'
import type { Hand, Race } from '../race.js'
import { COMMITTING } from './committing.js'
import { RESERVING } from './reserving.js'

/** A commit that looks and then stores, where the true one compares and swaps. */
function commitPlainly({ producer, shared }: Hand): number {
  const header = ((shared[0] as number) - 8) >>> 2
  const { u32 } = producer.memory
  const word = u32[header] as number
  if ((word & RECORD_BUSY_BIT) === 0) return -22
  u32[header] = word & ~RECORD_BUSY_BIT
  return 0
}

/** A reservation that looks for room and then stores the position, without lock or claim. */
function reservePlainly({ producer, ring }: Hand): number {
  const at = (addressOf(ring) + PRODUCER_POSITION) >>> 2
  const { u32 } = producer.memory
  const position = u32[at] as number
  if (ring.size - ((position - ring.query(BPF_RB_CONS_POS)) >>> 0) < 24) return 0
  u32[at] = position + 16
  return 1
}

export const BROKEN: readonly Race[] = [
  { ...named(COMMITTING, 'two commits of one record'), actors: [commitPlainly, commitPlainly] },
  { ...named(RESERVING, 'one place left, two producers'), actors: [reservePlainly, reservePlainly] },
].map((race) => ({ ...race, name: `broken: ${race.name}` }))

function named(races: readonly Race[], name: string): Race {
  return races.find((race) => race.name === name) as Race
}
