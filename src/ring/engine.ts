import type { RingMemory } from '../memory/ring-memory.js'
import { webAssembly } from '../memory/webassembly.js'
import type { Answer, Word } from './algorithm/index.js'
import { createJsEngine } from './engine-js.js'
import { createWasmEngine } from './engine-wasm.js'

/**
 * The ring algorithm bound to one ring, in one thread: what `algorithm/index.ts` exports, with the view
 * filled in. The WebAssembly build hands unsigned numbers back signed, so callers that take an address
 * or a position write `>>> 0`.
 */
export interface Engine {
  readonly kind: EngineKind
  prepare(): void
  reserve(sizeBytes: Word, flags: Word, patience: Word): Word
  reserveBatch(records: Word, sizeBytes: Word, patience: Word): Word
  reserveRegion(records: Word, length: Word, patience: Word): Word
  /** Reserves, copies from elsewhere in the memory and submits: 0, -EAGAIN with a reason, or what `commit` answers. */
  output(source: Word, sizeBytes: Word, flags: Word, patience: Word): Answer
  commit(address: Word, flags: Word, discard: Word): Answer
  commitBatch(address: Word, records: Word, sizeBytes: Word, flags: Word, discard: Word): Answer
  commitRegion(
    address: Word,
    records: Word,
    firstBytes: Word,
    payloadBytes: Word,
    flags: Word,
    discard: Word,
  ): Answer
  splitOff(address: Word, sizeBytes: Word, discard: Word): Word
  nextAddress(address: Word, sizeBytes: Word): Word
  refreshLimit(from: Word): Flag
  scan(from: Word, records: Word): Word
  finishRelease(): Flag
  isReady(position: Word): Flag
  release(from: Word, to: Word, consumed: Word, skipped: Word): void
  fallAsleep(position: Word): Flag
  fallAsleepForMore(position: Word, bytes: Word, records: Word): Word
  hasEnough(position: Word, bytes: Word, records: Word): Flag
  wakeUp(): Word
  wakeSleeper(): Flag
  arm(): void
  isReadable(position: Word): Flag
  hasRoom(sizeBytes: Word): Flag
  roomSequence(): Word
  awaitRoom(sizeBytes: Word): Flag
  awaitConsumer(target: Word): Flag
  isClosed(): Flag
  isFinished(position: Word): Flag
  query(flag: Word): Word
  close(patience: Word): Flag
  countBusy(): Word
  committedEnd(): Word
  takeLossFlag(): Flag
  tally(counter: Word, amount: Word): void
  survey(): Flag
  committedBefore(): Word
  advanceTo(position: Word, rounds: Word, consumed: Word, skipped: Word): void
  /** Which slot this thread counts in, whether others do too, what its records carry as owner, and the
   * slot's owner word (recoverable rings). */
  useSlot(address: Word, shared: boolean, owner: Word, token: Word): void
  lock(patience: Word): Flag
  seizeLock(seen: Word): Flag
  endRecovery(): void
  finishPromise(): void
  recoverSlot(slot: Word, owner: Word, ended: boolean): Flag
  /** Whether reservations that find no room count as dropped: not those of whoever waits for it. */
  bePatient(on: boolean): void
  /** What `survey` has found: FOUND_*. */
  found(which: Word): Word
  /** Why the last call failed: REASON_*. */
  reason(): Word
  /** What was found where it should not be. */
  evidence(): Word
}

/** WebAssembly answers 0 or 1 where JavaScript answers false or true. */
export type Flag = boolean | number

export type EngineKind = 'wasm' | 'js'

/** Which build to use: `auto` takes WebAssembly where it can be compiled, else JavaScript. */
export type EngineChoice = EngineKind | 'auto'

export interface EngineTarget {
  readonly memory: RingMemory
  readonly size: number
  /** RING_FLAG_*. */
  readonly flags: number
  readonly ringBell: (place: number) => void
}

/** Binds a build of the algorithm to a ring. With `wasm`, throws what the runtime says when it cannot. */
export function createEngine(target: EngineTarget, choice: EngineChoice): Engine {
  if (choice === 'js') return createJsEngine(target)
  if (choice === 'wasm') return createWasmEngine(target)
  if (!webAssembly() || target.memory.wasm === undefined) return createJsEngine(target)
  try {
    return createWasmEngine(target)
  } catch {
    // A content security policy without 'wasm-unsafe-eval' forbids compiling. The result is the same.
    return createJsEngine(target)
  }
}
