// The two levels of producing.
import {
  type Batch,
  BPF_RB_NO_WAKEUP,
  type MemoryViews,
  openProducer,
  type Producer,
  type ReasonName,
  type Ring,
  type WritableRecord,
} from 'bpf-ringbuf'
import { isExactly } from './equal.js'

declare const ring: Ring

const producer = openProducer(ring)
isExactly<Producer>()(producer)
isExactly<MemoryViews>()(producer.memory)
isExactly<Uint8Array<ArrayBufferLike>>()(producer.memory.u8)
isExactly<Float64Array<ArrayBufferLike>>()(producer.memory.f64)
isExactly<number>()(producer.reserve(8))
isExactly<number>()(producer.submit(8, BPF_RB_NO_WAKEUP))
isExactly<number>()(producer.output(new Uint8Array(8)))
isExactly<number>()(producer.outputMany([new Uint8Array(8), new Uint8Array(new SharedArrayBuffer(8))]))
isExactly<ReasonName>()(producer.reason)
isExactly<boolean>()(producer.waitForRoom(8, 5))
isExactly<Promise<boolean>>()(producer.waitForRoomAsync(8))
isExactly<WritableRecord | null>()(producer.record(8))
isExactly<Batch | null>()(producer.batch(4, 8))

export function write(): void {
  using record = producer.record(16)
  // @ts-expect-error: there may be no room
  record.submit()
  if (record === null) return
  isExactly<Uint8Array<ArrayBufferLike>>()(record.bytes)
  isExactly<Float64Array<ArrayBufferLike>>()(record.float64)
  isExactly<DataView<ArrayBufferLike>>()(record.dataView)
  isExactly<number>()(record.writeText('text', 4))
  record.submit(BPF_RB_NO_WAKEUP)
  // @ts-expect-error: shared memory is not to be taken for private memory
  keep(record.bytes)
}

declare function keep(bytes: Uint8Array<ArrayBuffer>): void

export function writeMany(): void {
  using batch = producer.batch(4, 8)
  if (batch) isExactly<Uint8Array<ArrayBufferLike>>()(batch.bytes(0))
}

// @ts-expect-error: no such reason
if (producer.reason === 'empty') producer.waitForRoom(8)
// @ts-expect-error: text goes through outputText
producer.output('text')
// @ts-expect-error: bytes, not words
producer.output(new Uint16Array(4))
// @ts-expect-error: one payload goes through output
producer.outputMany(new Uint8Array(8))
// @ts-expect-error: nobody but the ring says why
producer.reason = 'none'
// @ts-expect-error: made by openProducer
producer.memory.u8 = new Uint8Array(8)
