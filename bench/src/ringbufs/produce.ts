/** A producer: one batch after the other, as fast as it can. A record without room is dropped, never tried again. */
import {
  BPF_RB_AVAIL_DATA,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  openProducer,
  type Producer,
  type Ring,
} from '../../../dist/index.js'
import { type RingbufsOptions, SAMPLE_BYTES, SAMPLE_RECORD_BYTES } from './options.js'

export interface BatchProducer {
  /** Puts a batch in. False when the ring was closed meanwhile. */
  put(): boolean
  /** Records that it tried to put in so far. */
  readonly attempted: number
  /** Gives its slot back. To end without would look like death, which other producers then recover from. */
  end(): void
}

// Of this file, since V8 reads what is imported anew each time, and these loops are about nanoseconds.
const BYTES = SAMPLE_BYTES
const FORCE = BPF_RB_FORCE_WAKEUP
const NO = BPF_RB_NO_WAKEUP
const AVAILABLE = BPF_RB_AVAIL_DATA

/** `index` is which producer this is; it is in its records, behind their numbers. */
export function openBatchProducer(
  ring: Ring<unknown>,
  options: RingbufsOptions,
  index: number,
): BatchProducer {
  const producer = openProducer(ring)
  const flags = flagsOf(ring, options)
  return options.output
    ? outputProducer(producer, options.batchCount, index, flags)
    : reserveProducer(producer, options.batchCount, index, flags)
}

/** The flags of the next commit. */
function flagsOf(ring: Ring<unknown>, options: RingbufsOptions): () => number {
  if (options.producerOnly) return () => NO
  if (!options.sampled) return () => 0
  const enough = options.sampleRate * SAMPLE_RECORD_BYTES
  return () => (ring.query(AVAILABLE) >= enough ? FORCE : NO)
}

function reserveProducer(
  producer: Producer,
  batchCount: number,
  index: number,
  flags: () => number,
): BatchProducer {
  const { i32 } = producer.memory
  let sequence = 0
  return {
    put() {
      for (let i = 0; i < batchCount; i++) {
        const address = producer.reserve(BYTES)
        if (address !== 0) {
          const at = address >>> 2
          i32[at] = sequence
          i32[at + 1] = index
          producer.submit(address, flags())
        } else if (producer.reason === 'closed') return false
        sequence++
      }
      return true
    },
    get attempted() {
      return sequence
    },
    end: () => producer.detach(),
  }
}

/** The flags are found out before the record is there, as in the original. */
function outputProducer(
  producer: Producer,
  batchCount: number,
  index: number,
  flags: () => number,
): BatchProducer {
  const words = new Int32Array(BYTES / Int32Array.BYTES_PER_ELEMENT)
  const payload = new Uint8Array(words.buffer)
  words[1] = index
  let sequence = 0
  return {
    put() {
      for (let i = 0; i < batchCount; i++) {
        words[0] = sequence
        if (producer.output(payload, flags()) !== 0 && producer.reason === 'closed') return false
        sequence++
      }
      return true
    },
    get attempted() {
      return sequence
    },
    end: () => producer.detach(),
  }
}
