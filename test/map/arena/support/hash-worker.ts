/** A thread that changes a hash at random, until it is stopped or has done its part. */
import { parentPort, workerData } from 'node:worker_threads'
import { type ArenaHandle, attachArena } from 'bpf-ringbuf/map'
import { Random } from '../../../ring/support/random.js'
import { countOf, keyOf, numberOf, sealedValue } from './entry.js'

export interface HashTask {
  readonly handle: ArenaHandle
  readonly id: number
  readonly seed: number
  /** Keys are below this. */
  readonly keys: number
  /** Infinity: until it is stopped. */
  readonly operations: number
}

/** What a thread has done. */
export interface HashReport {
  readonly user: number
  /** Keys that it has put in less those it has taken out. */
  readonly balance: number
  readonly full: number
}

const { handle, id, seed, keys, operations } = workerData as HashTask
const arena = attachArena(handle)
const map = arena.open(id)
const random = new Random(seed)
let [balance, full] = [0, 0]
parentPort?.postMessage('ready')
for (let done = 0; done < operations; done++) act()
parentPort?.postMessage({ user: arena.user, balance, full } satisfies HashReport)
arena.detach()

function act(): void {
  const number = random.below(keys)
  const key = keyOf(number)
  const choice = random.below(100)
  if (choice < 35) {
    const value = map.lookup(key)
    if (value) countOf(number, value)
  } else if (choice < 45) {
    if (map.delete(key)) balance--
  } else if (choice < 50) {
    const value = map.lookupAndDelete(key)
    if (value) {
      countOf(number, value)
      balance--
    }
  } else if (choice < 55) {
    const next = map.nextKey(key)
    if (next && numberOf(next) >= keys) throw new Error(`key ${numberOf(next)} is nobody's`)
  } else if (choice < 70) {
    map.update(key, sealedValue(number, random.word()), 'exist')
  } else insert(number)
}

function insert(number: number): void {
  try {
    if (map.update(keyOf(number), sealedValue(number, 1), 'noexist')) balance++
  } catch (error) {
    if ((error as { detail?: { errno?: string } }).detail?.errno !== 'E2BIG') throw error
    full++
  }
}
