/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The BPF ring buffer in shared memory: many producers put variable-length records into one ring, in one
 * order, and one consumer reads them in place.
 */

export { EAGAIN, EINVAL } from './abi/errno.js'
export { ERRORS, RingbufError, type RingbufErrorCode } from './abi/error.js'
export {
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
} from './abi/flags.js'
export type { ReasonName } from './abi/reason.js'
export {
  type ConsumeOptions,
  Consumer,
  type OpenConsumerOptions,
  openConsumer,
  type RawCallback,
  type RecordCallback,
  type WaitOptions,
  type WaitOutcome,
} from './consumer/consumer.js'
export type { SharedMemory } from './memory/shared-memory.js'
export { formatBytes, parseRingSize, type Size } from './memory/size.js'
export { decodeText } from './memory/text.js'
export type { MemoryViews } from './memory/views.js'
export type { WasmMemory } from './memory/webassembly.js'
export { Batch } from './ring/batch.js'
export { identityHolds, type RingCounters } from './ring/counters.js'
export type { EngineChoice, EngineKind } from './ring/engine.js'
export { openProducer, Producer } from './ring/producer.js'
export {
  type AttachRingOptions,
  attachRing,
  type CreateRingOptions,
  createRing,
  type ReservationOrder,
  Ring,
  type RingHandle,
} from './ring/ring.js'
export { WritableRecord } from './ring/writable-record.js'
