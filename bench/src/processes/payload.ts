/** Payloads of a sender: numbered, and the same buffer each time. */
import { spoiltBytes, spoiltNumber } from '../fault.js'
import { firstOf, type SenderTask } from './task.js'

export interface Payload {
  readonly bytes: Uint8Array
  readonly doubles: Float64Array
  /** Writes the next number in. */
  next(): void
}

export function openPayload(task: SenderTask): Payload {
  const length = spoiltBytes(task.bytes)
  const words = new Int32Array(length / Int32Array.BYTES_PER_ELEMENT)
  // Numbers when they are read as doubles, and no NaN.
  for (let i = 1; i < words.length; i++) words[i] = 0x4000_0000 + i
  let sequence = firstOf(task)
  return {
    bytes: new Uint8Array(words.buffer),
    doubles: new Float64Array(words.buffer),
    next() {
      words[0] = spoiltNumber(sequence++)
    },
  }
}
