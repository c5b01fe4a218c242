/** The producing thread of a content: writes as fast as the transport takes it. */
import { enterProduced, STOP } from '../threads/control.js'
import type { ContentProducer } from './measurement.js'

/** Records between two looks at the STOP word. */
const RECORDS_PER_LOOK = 256
/** If both sides have the same cpu, no room will come before this one lets go of it. */
const TRIES_BEFORE_NAP = 100_000
const NAP_MS = 0.05

export interface Produced {
  /** How often there was no room. */
  readonly retries: number
}

export function produceContent(side: ContentProducer, control: Int32Array): Produced {
  let sequence = 0
  let retries = 0
  while (Atomics.load(control, STOP) === 0) {
    for (let i = 0; i < RECORDS_PER_LOOK; i++) {
      for (let tries = 1; !side.push(sequence); tries++) {
        retries++
        if (tries % TRIES_BEFORE_NAP === 0) Atomics.wait(control, STOP, 0, NAP_MS)
      }
      sequence++
    }
  }
  side.end?.()
  enterProduced(control, sequence)
  return { retries }
}
