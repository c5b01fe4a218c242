/**
 * The contestants by name. To add one, write a file that exports `contestants` and enter its names here.
 *
 * They are loaded one at a time: the process that measures one has no code of another in it.
 */
import type { Contestant } from '../contestant.js'
import { RINGBUFS_NAMES } from '../ringbufs/names.js'
import { HEAP_NAMES } from './heap/names.js'
import { PAYLOAD_NAMES } from './payloads/names.js'
import { WAITING_NAMES } from './waiting/names.js'
import { WEIGHT_NAMES } from './weight/names.js'

interface ContestantFile {
  readonly contestants: readonly Contestant[]
}

const FILES: Readonly<Record<string, () => Promise<ContestantFile>>> = {
  'c-kernel': () => import('./c-kernel.js'),
  'c-kernel-paced': () => import('./c-kernel.js'),
  'c-best': () => import('./c-best.js'),
  'c-best-paced': () => import('./c-best.js'),
  'c-lean': () => import('./c-best.js'),
  'c-lean-paced': () => import('./c-best.js'),
  kernel: () => import('./kernel.js'),
  'kernel-paced': () => import('./kernel.js'),
  'ours-wasm': () => import('./ours.js'),
  'ours-js': () => import('./ours.js'),
  'ours-wasm-lock': () => import('./ours.js'),
  'ours-wasm-64KiB': () => import('./ours.js'),
  'ringbuf.js': () => import('./ringbuf-js.js'),
  'shared-memory-disruptor': () => import('./shared-memory-disruptor.js'),
  'thread-stream': () => import('./thread-stream.js'),
  postMessage: () => import('./messages.js'),
  'postMessage-batch': () => import('./messages.js'),
  'postMessage-transfer': () => import('./messages.js'),
  'postMessage-transfer-batch': () => import('./messages.js'),
  'postMessage-object': () => import('./messages.js'),
  'postMessage-object-batch': () => import('./messages.js'),
  receiveMessageOnPort: () => import('./messages.js'),
  'receiveMessageOnPort-batch': () => import('./messages.js'),
  BroadcastChannel: () => import('./messages.js'),
  'BroadcastChannel-batch': () => import('./messages.js'),
  'c-futex': () => import('./c-kernel.js'),
  'atomics-wait': () => import('./atomics-wait.js'),
  'atomics-wait-async': () => import('./atomics-wait.js'),
  'ours-kernel': () => import('./linux-kernel.js'),
  'mapped-processes': () => import('./linux-processes.js'),
  'mapped-threads': () => import('./linux-processes.js'),
  'mapped-processes-output': () => import('./linux-processes.js'),
  'mapped-threads-output': () => import('./linux-processes.js'),
  'unix-socket': () => import('./linux-processes.js'),
  'unix-socket-batch': () => import('./linux-processes.js'),
  pipe: () => import('./linux-processes.js'),
  'pipe-batch': () => import('./linux-processes.js'),
  'child-ipc': () => import('./linux-processes.js'),
  ...Object.fromEntries(RINGBUFS_NAMES.map((name) => [name, () => import('./ringbufs.js')])),
  ...Object.fromEntries(Object.keys(WEIGHT_NAMES).map((name) => [name, () => import('./weight/index.js')])),
  ...Object.fromEntries(PAYLOAD_NAMES.map((name) => [name, () => import('./payloads/index.js')])),
  ...Object.fromEntries(Object.keys(HEAP_NAMES).map((name) => [name, () => import('./heap/index.js')])),
  fifo: () => import('./latency/fifo.js'),
  'child-ipc-batch': () => import('./linux-processes.js'),
  'child-ipc-json': () => import('./linux-processes.js'),
  'child-ipc-json-batch': () => import('./linux-processes.js'),
  'ours-wasm-output': () => import('./axes/ours-ways.js'),
  'ours-wasm-batch': () => import('./axes/ours-ways.js'),
  'ours-wasm-sharded': () => import('./axes/ours-ways.js'),
  'ringbuf.js-sharded': () => import('./axes/ringbuf-js-sharded.js'),
  'ours-by-hand': () => import('./axes/rings.js'),
  ...Object.fromEntries(WAITING_NAMES.map((name) => [name, () => import('./waiting/index.js')])),
}

/** In the order of the report. */
export const CONTESTANT_NAMES: readonly string[] = Object.keys(FILES)

export async function loadContestant(name: string): Promise<Contestant> {
  const found = (await FILES[name]?.())?.contestants.find((contestant) => contestant.name === name)
  if (found === undefined) throw new Error(`there is no contestant "${name}"`)
  return found
}
