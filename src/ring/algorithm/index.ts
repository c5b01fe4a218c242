/** The ring algorithm, for the JavaScript build; `entry.as.ts` is the same for WebAssembly. */
export { commit, commitBatch, commitRegion, nextAddress, splitOff } from './commit.js'
export { DAMAGED, finishRelease, isReady, refreshLimit, release, scan } from './consume.js'
export { close, countBusy, prepare, query } from './control.js'
export { recordBytes } from './record.js'
export { reserve, reserveBatch, reserveRegion } from './reserve.js'
export { awaitRoom, fallAsleep, hasRoom, isClosed, isFinished, roomSequence, wakeUp } from './sleep.js'
export type { Answer, View, Word } from './words.js'
