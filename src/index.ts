/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The BPF ring buffer in shared memory: many producers put variable-length records into one ring, in one
 * order, and one consumer reads them in place.
 */

export { EAGAIN, EINVAL } from './abi/errno.js'
export { ERRORS, RingbufError, type RingbufErrorCode } from './abi/error.js'
export {
  BPF_F_RB_OVERWRITE,
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  BPF_RB_OVERWRITE_POS,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
} from './abi/flags.js'
export type { ReasonName } from './abi/reason.js'
export type { Budget } from './consumer/budget.js'
export {
  type ConsumeOptions,
  Consumer,
  type OpenConsumerOptions,
  type OwnedRecord,
  type RawCallback,
  type RecordCallback,
  STOP,
} from './consumer/consumer.js'
export {
  type EpollEvent,
  type EpollOptions,
  type EpollWaitOptions,
  RingEpoll,
} from './consumer/epoll.js'
export type { IterateOptions } from './consumer/iterator.js'
export { Lease, LeasedRecord, type LeaseOptions } from './consumer/lease.js'
export { type LossCause, LostRecord } from './consumer/loss.js'
export { openConsumer } from './consumer/open-consumer.js'
export {
  type AddOptions,
  type OpenPollerOptions,
  openPoller,
  PolledRing,
  type RawSampleCallback,
  RingPoller,
  type SampleCallback,
} from './consumer/poller.js'
export type { WaitOutcome } from './consumer/ring-sleeper.js'
export type { Stall } from './consumer/stall.js'
export type { WaitSteps, WaitStrategy } from './consumer/strategy.js'
export type { Signal, WaitOptions } from './consumer/waiter.js'
export type { Watermark } from './consumer/watermark.js'
export type { TimeLimit } from './memory/deadline.js'
export type { SharedMemory } from './memory/shared-memory.js'
export { formatBytes, parseRingSize, type Size } from './memory/size.js'
export { decodeText } from './memory/text.js'
export type { MemoryViews } from './memory/views.js'
export type { WasmMemory } from './memory/webassembly.js'
export type { Age } from './ring/age.js'
export { Batch } from './ring/batch.js'
export { identityHolds, type RingCounters } from './ring/counters.js'
export {
  type AttachRingOptions,
  attachRing,
  type CreateRingOptions,
  createRing,
  ringMemoryBytes,
} from './ring/create-ring.js'
export type { EngineChoice, EngineKind } from './ring/engine.js'
export { LONGEST_HOLD_UP_MS } from './ring/hold-up.js'
export type { InspectOptions, RingInspection, RingPositions } from './ring/inspect.js'
export type { InspectedRecord, RecordState } from './ring/inspect-records.js'
export { openProducer, Producer } from './ring/producer.js'
export { type ReservationOrder, Ring, type RingHandle } from './ring/ring.js'
export type { Snapshot, SnapshotOptions, SnapshotRecord } from './ring/snapshot.js'
export { WritableRecord } from './ring/writable-record.js'
