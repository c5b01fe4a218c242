/** `wake-policy`: when the producer wakes the consumer. */
import {
  attachRing,
  BPF_RB_AVAIL_DATA,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  type Consumer,
  type OpenConsumerOptions,
  openProducer,
  type Producer,
  type RingHandle,
} from '../../../../dist/index.js'
import { axisCases } from '../../axes/charts.js'
import type { Contestant } from '../../contestant.js'
import { PACED_RATES, STAMPED_BYTES, WATERMARK_RECORDS } from '../../waiting/cases.js'
import type { PacedMeasurement } from '../../waiting/measurements.js'
import { openShared, rawStamped, shareRing } from './common.js'

const POLL_MS = 1
const MOST_DELAY_MS = 5
const RECORD_BYTES = STAMPED_BYTES + 8

interface Policy {
  readonly open?: OpenConsumerOptions
  /** Flags of a commit, just before it. Default: 0. */
  readonly flags?: (producer: Producer) => number
  /** Waits; answers false when nothing will come any more. Default: `consumer.wait()`. */
  readonly wait?: (consumer: Consumer) => boolean
}

const nobody = new Int32Array(new SharedArrayBuffer(4))

/** Sleeps, and looks whoever has called. */
function poll(consumer: Consumer): boolean {
  Atomics.wait(nobody, 0, 0, POLL_MS)
  return consumer.ready || !consumer.ring.closed
}

/** The kernel benchmark's --rb-sampled. */
function sampled({ ring }: Producer): number {
  const enough = ring.query(BPF_RB_AVAIL_DATA) >= WATERMARK_RECORDS * RECORD_BYTES
  return enough ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP
}

type Parts = Omit<PacedMeasurement<RingHandle>, 'kind' | 'rate'>

function partsOf({ open = {}, flags = () => 0, wait = waitAsOpened }: Policy): Parts {
  return {
    share: shareRing,
    producer(handle) {
      const producer = openProducer(attachRing(handle))
      const { f64 } = producer.memory
      return {
        send(sequence, stamp) {
          const address = producer.reserve(STAMPED_BYTES)
          if (address === 0) return false
          f64[address >>> 3] = sequence
          f64[(address >>> 3) + 1] = stamp
          producer.submit(address, flags(producer))
          return true
        },
        end: () => producer.ring.close(),
      }
    },
    consumer(handle) {
      const consumer = openShared(handle, open)
      return {
        run(onRecord, turn) {
          const look = rawStamped(onRecord)
          while (wait(consumer)) {
            consumer.consumeRaw(look)
            turn()
          }
        },
        counters: () => consumer.counters(),
      }
    },
  }
}

/** `axis-cpu`: the same again, as a curve, for those whose waiting is compared there. */
function cpuOf(policy: Policy): Contestant['cases'] {
  const parts = partsOf(policy)
  return axisCases('cpu', (rate): PacedMeasurement<RingHandle> => ({ ...parts, kind: 'paced', rate }))
}

function casesOf(policy: Policy): Contestant['cases'] {
  const parts = partsOf(policy)
  return Object.fromEntries(
    Object.entries(PACED_RATES).map(([name, rate]) => [
      `wake-policy-${name}`,
      { ...parts, kind: 'paced', rate } satisfies PacedMeasurement<RingHandle>,
    ]),
  )
}

function waitAsOpened(consumer: Consumer): boolean {
  return consumer.wait() !== 'closed'
}

function waitBusy(consumer: Consumer): boolean {
  return consumer.waitBusy({ timeoutMs: 1 }) !== 'closed'
}

const WATERMARK: Policy = {
  open: { watermark: { records: WATERMARK_RECORDS, maxDelayMs: MOST_DELAY_MS } },
}

export const policy = {
  adaptive: { ...casesOf({}), ...cpuOf({}) },
  busy: cpuOf({ wait: waitBusy }),
  park: cpuOf({ open: { strategy: 'park' } }),
  poll: casesOf({ flags: () => BPF_RB_NO_WAKEUP, wait: poll }),
  watermark: { ...casesOf(WATERMARK), ...cpuOf(WATERMARK) },
  force: casesOf({ flags: () => BPF_RB_FORCE_WAKEUP }),
  sampled: casesOf({ flags: sampled }),
}
