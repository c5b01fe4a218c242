/** The ring algorithm, for the JavaScript build; `entry.as.ts` is the same for WebAssembly. */

export { commit, commitBatch, commitRegion, nextAddress, splitOff } from './commit.js'
export {
  DAMAGED,
  finishRelease,
  isReady,
  refreshLimit,
  release,
  scan,
  takeLossFlag,
  tally,
} from './consume.js'
export { close, committedEnd, countBusy, prepare, query, wakeSleeper } from './control.js'
export { finishPromise } from './journal.js'
export { lock } from './lock.js'
export {
  advanceTo,
  committedBefore,
  FOUND_LOST,
  FOUND_LOST_HIGH,
  FOUND_POSITION,
  FOUND_ROUNDS,
  survey,
} from './overwrite.js'
export { isClosed, isFinished } from './producer-position.js'
export { recordBytes } from './record.js'
export { endRecovery, recoverSlot, seizeLock } from './recover.js'
export { reserve, reserveBatch, reserveRegion } from './reserve.js'
export { awaitConsumer, awaitRoom, hasRoom, roomSequence } from './room.js'
export { arm, fallAsleep, fallAsleepForMore, hasEnough, isReadable, wakeUp } from './sleep.js'
export type { Answer, View, Word } from './words.js'
