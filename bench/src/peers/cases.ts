/**
 * The cases of the suite `peers`: everything that carries records between threads or processes, at every size, one by
 * one and in batches, and from several producers.
 *
 * Who batches is measured beside others who do: in a case of its own, and not beside those who send one by one.
 */
import type { Case } from '../cases.js'
import { CONTESTANT_NAMES } from '../contestants/index.js'
import { HAND_OFFS, handOff } from '../core/cases.js'

/**
 * Of the rings in C and of the kernel only those whose consumer paces itself, as ours does, and of ours not the lock: the
 * others are in the suite `core`, and this one shall not take longer than a quarter of an hour.
 */
const ONLY_IN_CORE = ['c-kernel', 'c-best', 'c-lean', 'kernel', 'ours-wasm-lock']

export const PEER_CONTESTANTS: readonly string[] = CONTESTANT_NAMES.filter(
  (name) => !ONLY_IN_CORE.includes(name),
)

export const PEER_CASES: readonly Case[] = HAND_OFFS.filter(({ way }) => way !== 'output')
  .sort((a, b) => a.way.localeCompare(b.way) * -1 || a.producers - b.producers || a.bytes - b.bytes)
  .map((item) => ({ ...handOff(item), yardsticks: ['ours-wasm', 'ringbuf.js'] }))
