/**
 * Bells: what a consumer of many rings sleeps on. Each ring has a memory of its own, and a thread can
 * sleep on one word only; so rings that are to be waited for together share a board of bells, and their
 * producers ring the one that the consumer has taken.
 *
 *   board   +----------------------------+  0
 *           | place 0: never taken       |
 *           |   +0  name  3 random u32   |   which board it is: one memory may be seen as many objects
 *           +----------------------------+  64
 *           | place 1                    |
 *           |   +0  rung   i32, atomic   |   bit 0: its sleeper sleeps, or is about to; the rest
 *           |                            |   changes whenever the bell is rung
 *           |   +4  taken  u32, atomic   |   0, or it is somebody's
 *           +----------------------------+  128
 *           | ...                        |
 *
 * One bell a cache line. Consumers of many rings keep their rings armed while they are at work, or spin: the
 * bell itself says whether anybody would hear it, so that nobody notifies for nothing.
 */
import { allocateSharedMemory, type SharedMemory, sharedBuffer } from './shared-memory.js'

export const BELL_BYTES = 64
export const BELL_PLACES = 64
const BELL_WORDS = BELL_BYTES / 4

export function allocateBells(): SharedMemory {
  const board = allocateSharedMemory(BELL_BYTES * BELL_PLACES)
  const words = bellWords(board) as Int32Array
  for (let i = 0; i < NAME_WORDS; i++) Atomics.store(words, i, Math.trunc(Math.random() * 2 ** 32) | 0)
  return board
}

const NAME_WORDS = 3

/** What two views have in common that show the same board. */
export function boardName(words: Int32Array): string {
  return Array.from({ length: NAME_WORDS }, (_, i) => Atomics.load(words, i)).join()
}

/** The board as words, or undefined if this is none. */
export function bellWords(board: unknown): Int32Array<SharedArrayBuffer> | undefined {
  const buffer = sharedBuffer(board)
  if (!buffer || buffer.byteLength < BELL_BYTES * BELL_PLACES) return undefined
  return new Int32Array(buffer, 0, BELL_WORDS * BELL_PLACES)
}

/** Index of the word that a bell's sleeper sleeps on. */
export function bellIndex(place: number): number {
  return place * BELL_WORDS
}

/** Takes a bell that is free; 0 when all are taken. */
export function takeBell(words: Int32Array): number {
  for (let place = 1; place < BELL_PLACES; place++) {
    if (Atomics.compareExchange(words, bellIndex(place) + 1, 0, 1) === 0) return place
  }
  return 0
}

/**
 * Gives a bell back. Its sleeper has left every ring that named it, or died: then it may be rung for
 * rings that are not its next sleeper's, who looks for nothing once. A place that is none is ignored.
 */
export function returnBell(words: Int32Array, place: number): void {
  if (place > 0 && place < BELL_PLACES) Atomics.store(words, bellIndex(place) + 1, 0)
}

/** Bit 0 of a bell: it is listened to. */
const LISTENING = 1
/** What ringing adds. */
const RING = 2

/** Says that its owner is about to sleep. Answers what the bell says while it sleeps. */
export function listen(words: Int32Array, place: number): number {
  // [B1] Before the rings are looked at: whoever rings after that changes it, and notifies.
  return Atomics.or(words, bellIndex(place), LISTENING) | LISTENING
}

/** Says that its owner is awake. */
export function stopListening(words: Int32Array, place: number): void {
  // [B4] Too late does no harm: somebody notifies for nothing.
  Atomics.and(words, bellIndex(place), ~LISTENING)
}

/** Rings a bell. The place comes from shared memory: one that is none is ignored, nobody sleeps there. */
export function ringBell(words: Int32Array | undefined, place: number): void {
  if (!words || place >>> 0 >= BELL_PLACES) return
  const index = bellIndex(place)
  // [B2] After the sleep word was changed in [S4]; see [B1].
  if ((Atomics.add(words, index, RING) & LISTENING) !== 0) Atomics.notify(words, index)
}
