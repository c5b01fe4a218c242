import { fromBase64 } from '../memory/base64.js'
import { webAssembly } from '../memory/webassembly.js'
import type { Engine, EngineTarget } from './engine.js'
import { RING_WASM_BASE64 } from './wasm.gen.js'

interface Exports extends Omit<Engine, 'kind' | 'reason' | 'evidence'> {
  configure(address: number, size: number, flags: number): void
  readonly reason: { readonly value: number }
  readonly evidence: { readonly value: number }
}

/** Compiled once a thread. Instances are cheap, and each keeps its view of one ring to itself. */
let compiled: object | undefined

/** The WebAssembly build of the algorithm: works over memory of WebAssembly. */
export function createWasmEngine({ memory, size, flags, ringBell }: EngineTarget): Engine {
  const wasm = webAssembly()
  const { address } = memory
  if (!wasm || memory.wasm === undefined) throw new TypeError('the ring does not lie in WebAssembly memory')
  compiled ??= new wasm.Module(fromBase64(RING_WASM_BASE64))
  // Words of WebAssembly arrive as signed numbers: all of them would be none.
  const notify = (at: number, count: number) => memory.notify(at >>> 2, count >>> 0)
  const instance = new wasm.Instance(compiled, { env: { memory: memory.wasm, ringBell, notify } })
  const exports = instance.exports as Exports
  exports.configure(address, size, flags)
  return {
    kind: 'wasm',
    prepare: exports.prepare,
    reserve: exports.reserve,
    reserveBatch: exports.reserveBatch,
    reserveRegion: exports.reserveRegion,
    output: exports.output,
    commit: exports.commit,
    commitBatch: exports.commitBatch,
    commitRegion: exports.commitRegion,
    splitOff: exports.splitOff,
    nextAddress: exports.nextAddress,
    refreshLimit: exports.refreshLimit,
    scan: exports.scan,
    finishRelease: exports.finishRelease,
    isReady: exports.isReady,
    release: exports.release,
    fallAsleep: exports.fallAsleep,
    wakeUp: exports.wakeUp,
    hasRoom: exports.hasRoom,
    roomSequence: exports.roomSequence,
    awaitRoom: exports.awaitRoom,
    isClosed: exports.isClosed,
    isFinished: exports.isFinished,
    query: exports.query,
    close: exports.close,
    countBusy: exports.countBusy,
    fallAsleepForMore: exports.fallAsleepForMore,
    hasEnough: exports.hasEnough,
    wakeSleeper: exports.wakeSleeper,
    awaitConsumer: exports.awaitConsumer,
    committedEnd: exports.committedEnd,
    takeLossFlag: exports.takeLossFlag,
    tally: exports.tally,
    survey: exports.survey,
    committedBefore: exports.committedBefore,
    advanceTo: exports.advanceTo,
    found: exports.found,
    arm: exports.arm,
    isReadable: exports.isReadable,
    bePatient: exports.bePatient,
    useSlot: exports.useSlot,
    lock: exports.lock,
    seizeLock: exports.seizeLock,
    finishPromise: exports.finishPromise,
    endRecovery: exports.endRecovery,
    recoverSlot: exports.recoverSlot,
    reason: () => exports.reason.value,
    evidence: () => exports.evidence.value >>> 0,
  }
}
