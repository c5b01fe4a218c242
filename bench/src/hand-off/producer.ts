/**
 * The producing side: writes numbered 64-byte payloads as fast as the transport takes them.
 *
 * A full ring makes it try again at once, as the native producers do.
 */
import { HAND_OFF_BYTES } from '../cases.js'
import type { HandOffProducer } from '../contestant.js'
import { DONE, PRODUCED, STOP } from './control.js'

/** Records between two looks at the STOP word. */
const RECORDS_PER_LOOK = 256

/** Tries for one record before the producer lets go of its cpu: if both have the same, no room will ever come. */
const TRIES_BEFORE_NAP = 100_000
/** The same where there may be more threads than cpus. */
const TRIES_BEFORE_NAP_OF_SEVERAL = 100
const NAP_MS = 0.05

/** Numbers its records from `first` on. Answers how often there was no room. */
export function produce(side: HandOffProducer, control: Int32Array, first: number, alone: boolean): number {
  const triesBeforeNap = alone ? TRIES_BEFORE_NAP : TRIES_BEFORE_NAP_OF_SEVERAL
  const words = new Int32Array(HAND_OFF_BYTES / 4)
  const payload = new Uint8Array(words.buffer)
  // Also numbers when read as doubles, and no NaN: contestants may copy eight bytes at a time.
  for (let i = 1; i < words.length; i++) words[i] = 0x4000_0000 + i
  let sequence = first
  let retries = 0
  while (Atomics.load(control, STOP) === 0) {
    for (let i = 0; i < RECORDS_PER_LOOK; i++) {
      words[0] = sequence++
      for (let tries = 1; !side.push(payload); tries++) {
        retries++
        if (tries % triesBeforeNap === 0) Atomics.wait(control, STOP, 0, NAP_MS)
      }
    }
  }
  side.end?.()
  Atomics.add(control, PRODUCED, sequence - first)
  Atomics.add(control, DONE, 1)
  return retries
}
