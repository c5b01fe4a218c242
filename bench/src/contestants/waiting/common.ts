/** What the contestants of the suite `waiting` have in common: rings, payloads, their checks. */
import {
  attachRing,
  type Consumer,
  createRing,
  type OpenConsumerOptions,
  openConsumer,
  openProducer,
  type RawCallback,
  type RingHandle,
} from '../../../../dist/index.js'
import { RING_BYTES } from '../../cases.js'
import type { HandOffProducer, HandOffShared } from '../../contestant.js'
import type { SequenceCheck } from '../../sequence.js'
import { STAMPED_BYTES } from '../../waiting/cases.js'
import type { OnRecord } from '../../waiting/measurements.js'

export function shareRing(): HandOffShared<RingHandle> {
  const { handle } = createRing({ size: RING_BYTES })
  return { producer: handle, consumer: handle }
}

export function openShared(handle: RingHandle, options: OpenConsumerOptions = {}): Consumer {
  return openConsumer(attachRing(handle), options)
}

/** Copies payloads in as fast as the ring takes them; the end of it closes the ring. */
export function outputProducer(handle: RingHandle): HandOffProducer {
  const producer = openProducer(attachRing(handle))
  return {
    push: (payload) => producer.output(payload) === 0,
    end: () => producer.ring.close(),
  }
}

/** Checks records where they are: their length, and the number at both ends. */
export function rawCheck(bytes: number, check: SequenceCheck): RawCallback {
  const last = (bytes >>> 2) - 1
  let words: Int32Array | undefined
  return (memory, offset, length) => {
    words ??= new Int32Array(memory.buffer)
    const at = offset >>> 2
    const sequence = words[at] as number
    mustBeWhole(length, bytes, sequence, words[at + last] as number)
    check.take(sequence)
  }
}

/** Checks a copy in the same way. */
export function checkBytes(record: Uint8Array, bytes: number, check: SequenceCheck): void {
  const sequence = wordAt(record, 0)
  mustBeWhole(record.length, bytes, sequence, wordAt(record, bytes - 4))
  check.take(sequence)
}

function mustBeWhole(length: number, bytes: number, first: number, last: number): void {
  if (length !== bytes) throw new Error(`a record of ${length} bytes came out`)
  if (first !== last) throw new Error(`a torn record came out: it begins with ${first} and ends with ${last}`)
}

/** Little-endian, by hand: a view over each record would cost more than the rest of the check. */
export function wordAt(bytes: Uint8Array, at: number): number {
  const byte = (index: number) => bytes[at + index] as number
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)
}

/** Shows records that carry their number and a stamp, where they are. */
export function rawStamped(onRecord: OnRecord): RawCallback {
  const bytes = STAMPED_BYTES
  let doubles: Float64Array | undefined
  return (memory, offset, length) => {
    doubles ??= new Float64Array(memory.buffer)
    if (length !== bytes) throw new Error(`a record of ${length} bytes came out`)
    onRecord(doubles[offset >>> 3] as number, doubles[(offset >>> 3) + 1] as number)
  }
}
