import * as algorithm from './algorithm/index.js'
import type { Engine, EngineTarget } from './engine.js'

/** The JavaScript build of the algorithm: works over any memory. */
export function createJsEngine({ buffer, address, size, locked }: EngineTarget): Engine {
  const view: algorithm.View = {
    ints: new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4)),
    doubles: new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8)),
    ring: address,
    size,
    locked,
    slot: 0,
    slotShared: true,
    limit: 0,
    reason: 0,
    evidence: 0,
  }
  return {
    kind: 'js',
    prepare: () => algorithm.prepare(view),
    reserve: (sizeBytes, flags, patience) => algorithm.reserve(view, sizeBytes, flags, patience),
    reserveBatch: (records, sizeBytes, patience) =>
      algorithm.reserveBatch(view, records, sizeBytes, patience),
    reserveRegion: (records, length, patience) => algorithm.reserveRegion(view, records, length, patience),
    commit: (at, flags, discard) => algorithm.commit(view, at, flags, discard),
    commitBatch: (at, records, sizeBytes, flags, discard) =>
      algorithm.commitBatch(view, at, records, sizeBytes, flags, discard),
    commitRegion: (at, records, firstBytes, payloadBytes, flags, discard) =>
      algorithm.commitRegion(view, at, records, firstBytes, payloadBytes, flags, discard),
    splitOff: (at, sizeBytes, discard) => algorithm.splitOff(view, at, sizeBytes, discard),
    nextAddress: (at, sizeBytes) => algorithm.nextAddress(view, at, sizeBytes),
    refreshLimit: (from) => algorithm.refreshLimit(view, from, 0),
    scan: (from, records) => algorithm.scan(view, from, records),
    finishRelease: () => algorithm.finishRelease(view),
    isReady: (position) => algorithm.isReady(view, position),
    release: (from, to, consumed, skipped) => algorithm.release(view, from, to, consumed, skipped),
    fallAsleep: (position) => algorithm.fallAsleep(view, position),
    wakeUp: () => algorithm.wakeUp(view),
    hasRoom: (sizeBytes) => algorithm.hasRoom(view, sizeBytes),
    roomSequence: () => algorithm.roomSequence(view),
    awaitRoom: (sizeBytes) => algorithm.awaitRoom(view, sizeBytes),
    isClosed: () => algorithm.isClosed(view),
    isFinished: (position) => algorithm.isFinished(view, position),
    query: (flag) => algorithm.query(view, flag),
    close: (patience) => algorithm.close(view, patience),
    countBusy: () => algorithm.countBusy(view),
    useSlot: (slot, shared) => {
      view.slot = slot
      view.slotShared = shared
    },
    reason: () => view.reason,
    evidence: () => view.evidence >>> 0,
  }
}
