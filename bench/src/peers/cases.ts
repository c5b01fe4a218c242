/**
 * The cases of the suite `peers`: everything that carries records between threads or processes, at every size, one by
 * one and in batches, and from several producers.
 *
 * Who batches is measured beside others who do: in a case of its own, and not beside those who send one by one.
 */
import type { Case } from '../cases.js'
import { HAND_OFFS, handOff } from '../core/cases.js'

export const PEER_CASES: readonly Case[] = HAND_OFFS.filter(({ way }) => way !== 'output')
  .sort((a, b) => a.way.localeCompare(b.way) * -1 || a.producers - b.producers || a.bytes - b.bytes)
  .map((item) => ({ ...handOff(item), yardsticks: ['ours-wasm', 'ringbuf.js'] }))
