import { EAGAIN } from '../abi/errno.js'
import { LONG_RECORD_BYTES } from '../abi/record.js'
import { FENCE_WORD } from '../abi/region.js'
import * as algorithm from './algorithm/index.js'
import type { Engine, EngineTarget } from './engine.js'

/** The JavaScript build of the algorithm: works over any memory. */
export function createJsEngine({ memory, size, flags, ringBell }: EngineTarget): Engine {
  const { buffer, address, notify, fenceAddress = address + FENCE_WORD } = memory
  const bytes = new Uint8Array(buffer)
  const view: algorithm.View = {
    ints: new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4)),
    pairs: new BigInt64Array(buffer, 0, Math.floor(buffer.byteLength / 8)),
    doubles: new Float64Array(buffer, 0, Math.floor(buffer.byteLength / 8)),
    ring: address,
    size,
    flags,
    ringBell,
    notify,
    slot: 0,
    slotShared: true,
    owner: 0,
    token: 0,
    patient: false,
    unreported: 0,
    unreportedSince: 0,
    limit: 0,
    longRecordBytes: LONG_RECORD_BYTES,
    fence: fenceAddress,
    found: new Int32Array(4),
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
    output: (source, sizeBytes, flags, patience) => {
      const at = algorithm.reserve(view, sizeBytes, 0, patience) >>> 0
      if (at === 0) return -EAGAIN
      bytes.copyWithin(at, source, source + sizeBytes)
      return algorithm.commit(view, at, flags, 0)
    },
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
    fallAsleepForMore: (position, bytes, records) =>
      algorithm.fallAsleepForMore(view, position, bytes, records),
    hasEnough: (position, bytes, records) => algorithm.hasEnough(view, position, bytes, records),
    wakeUp: () => algorithm.wakeUp(view),
    arm: () => algorithm.arm(view),
    isReadable: (position) => algorithm.isReadable(view, position),
    wakeSleeper: () => algorithm.wakeSleeper(view),
    hasRoom: (sizeBytes) => algorithm.hasRoom(view, sizeBytes),
    roomSequence: () => algorithm.roomSequence(view),
    awaitRoom: (sizeBytes) => algorithm.awaitRoom(view, sizeBytes),
    awaitConsumer: (target) => algorithm.awaitConsumer(view, target),
    isClosed: () => algorithm.isClosed(view),
    isFinished: (position) => algorithm.isFinished(view, position),
    query: (flag) => algorithm.query(view, flag),
    close: (patience) => algorithm.close(view, patience),
    countBusy: () => algorithm.countBusy(view),
    committedEnd: () => algorithm.committedEnd(view),
    takeLossFlag: () => algorithm.takeLossFlag(view),
    tally: (counter, amount) => algorithm.tally(view, counter, amount),
    survey: () => algorithm.survey(view),
    committedBefore: () => algorithm.committedBefore(view),
    advanceTo: (position, rounds, consumed, skipped) =>
      algorithm.advanceTo(view, position, rounds, consumed, skipped),
    lock: (patience) => algorithm.lock(view, patience),
    seizeLock: (seen) => algorithm.seizeLock(view, seen),
    finishPromise: () => algorithm.finishPromise(view),
    endRecovery: () => algorithm.endRecovery(view),
    recoverSlot: (slot, owner, ended) => algorithm.recoverSlot(view, slot, owner, ended),
    useSlot: (slot, shared, owner, token) => {
      view.slot = slot
      view.slotShared = shared
      view.owner = owner
      view.token = token | 0
    },
    bePatient: (on) => {
      view.patient = on
    },
    found: (which) => view.found[which] as number,
    reason: () => view.reason,
    evidence: () => view.evidence >>> 0,
  }
}
