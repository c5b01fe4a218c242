/**
 * The producing side: writes numbered payloads as fast as the transport takes them.
 *
 * A full ring makes it try again at once, as the native producers do. Of several producers, which share the cpus, each
 * waits in the way of its transport, or else naps now and then, as the native ones yield.
 */
import { HAND_OFF_BYTES } from '../cases.js'
import type { HandOffProducer } from '../contestant.js'
import { spoiltNumber } from '../fault.js'
import { enterProduced, STOP } from '../threads/control.js'

/** Records between two looks at the STOP word. */
const RECORDS_PER_LOOK = 256

/** Tries for one record before the producer lets go of its cpu: if both have the same, no room will ever come. */
const TRIES_BEFORE_NAP = 100_000
/** The same where there may be more threads than cpus. */
const TRIES_BEFORE_NAP_OF_SEVERAL = 100
const NAP_MS = 0.05

export interface ProduceOptions {
  /** Of each payload; 64 if it is not said. */
  readonly bytes: number | undefined
  /** Records that the side puts in together; 1 if it is not said. */
  readonly batch: number | undefined
  /** Number of the first record. */
  readonly first: number
  /** Whether it is the only producer, on a cpu of its own. */
  readonly alone: boolean
}

export interface Produced {
  /** How often there was no room. */
  readonly retries: number
}

/** A payload begins with its number, and ends with it where it is long enough: a torn one is not taken for whole. */
export function produce(side: HandOffProducer, control: Int32Array, options: ProduceOptions): Produced {
  const { bytes = HAND_OFF_BYTES, batch = 1, first, alone } = options
  const triesBeforeNap = alone ? TRIES_BEFORE_NAP : TRIES_BEFORE_NAP_OF_SEVERAL
  // Of whole batches, so that the last one is not left open.
  const recordsPerLook = Math.max(RECORDS_PER_LOOK, batch)
  const payload = side.payload ?? new Uint8Array(bytes)
  const words = new Int32Array(payload.buffer, payload.byteOffset, bytes / 4)
  const last = words.length - 1
  // Also numbers when read as doubles, and no NaN: contestants may copy eight bytes at a time.
  for (let i = 1; i < words.length; i++) words[i] = 0x4000_0000 + i
  let sequence = first
  let retries = 0
  while (Atomics.load(control, STOP) === 0) {
    for (let i = 0; i < recordsPerLook; i++) {
      const number = spoiltNumber(sequence++)
      words[last] = number
      words[0] = number
      for (let tries = 1; !side.push(payload); tries++) {
        retries++
        if (!alone && side.awaitRoom) side.awaitRoom()
        else if (tries % triesBeforeNap === 0) Atomics.wait(control, STOP, 0, NAP_MS)
      }
    }
  }
  side.end?.()
  enterProduced(control, sequence - first)
  return { retries }
}
