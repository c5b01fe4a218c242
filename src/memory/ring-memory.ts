import { type Bed, WordBed } from './bed.js'
import type { SharedMemory } from './shared-memory.js'
import { sharedBuffer } from './shared-memory.js'
import type { WasmMemory } from './webassembly.js'

/**
 * What this thread may do with a ring: everything; consume only (rings of the kernel: their producers are
 * BPF programs); or look only.
 */
export type RingAccess = 'all' | 'consume' | 'look'

/** Where a ring lies, as one thread sees it: its bytes, and how to sleep on their words. */
export interface RingMemory {
  readonly buffer: ArrayBufferLike
  /** Where in it the ring begins. */
  readonly address: number
  /** Whether only threads of this process share it: then Atomics wait and notify there. */
  readonly isOfProcess: boolean
  /** Memory of WebAssembly in which the same bytes lie at the same places: its build may work there. */
  readonly wasm?: WasmMemory | undefined
  readonly access: RingAccess
  /**
   * Address of a word that may be written, where nothing else is, if the ring's own may not: who only looks
   * needs one for the order of what it reads.
   */
  readonly fenceAddress?: number
  /**
   * Whether somebody has rung for the consumer since this was last asked, where that does not change the ring's
   * sleep word: the kernel tells by a descriptor.
   */
  rung?(): boolean
  /** Wakes at most `count` of those who sleep on the word at this index. */
  notify(index: number, count: number): void
  /** To sleep on the word at this index, for as long as it holds `value`. */
  bed(index: number, value: number): Bed
}

/** A ring in memory that the threads of one process share. */
export function sharedRingMemory(shared: SharedMemory, address: number): RingMemory {
  const buffer = sharedBuffer(shared) as SharedArrayBuffer
  const words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4))
  return {
    buffer,
    address,
    isOfProcess: true,
    wasm: shared === buffer ? undefined : (shared as WasmMemory),
    access: 'all',
    notify: (index, count) => {
      Atomics.notify(words, index, count)
    },
    bed: (index, value) => new WordBed(words, index, value),
  }
}
