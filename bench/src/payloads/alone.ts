/**
 * What each side of a content costs by itself: one thread writes some records, then reads them, in turns.
 *
 *   thread (cpu0) ──256 records──► transport ──► same thread
 *
 * Nobody waits, so time is cpu time; and what was written lies in this cpu's cache, which between two threads it does
 * not. Messages come by the event loop: its turn is in the time of whoever reads them.
 */
import { PRODUCER_CPU, pinThisThread } from '../pin.js'
import { SequenceCheck } from '../sequence.js'
import type { ContentConsumer, ContentMeasurement } from './measurement.js'

/** Fewer than fill the smallest transport. */
const RECORDS = 256

export interface Alone {
  readonly producerNs: number
  readonly consumerNs: number
  readonly pinned: boolean
}

export async function measureAlone(
  measurement: ContentMeasurement,
  warmUpSeconds: number,
  seconds: number,
): Promise<Alone> {
  const pinned = pinThisThread(PRODUCER_CPU)
  const shared = measurement.share()
  const producer = await measurement.producer(shared.producer)
  const { drain, close } = openDrain(await measurement.consumer(shared.consumer))
  let sequence = 0
  let producerMs = 0
  let consumerMs = 0
  let records = 0
  const measureFrom = performance.now() + warmUpSeconds * 1e3
  const end = measureFrom + seconds * 1e3
  for (let before = performance.now(); before < end; ) {
    for (let i = 0; i < RECORDS; i++) {
      if (!producer.push(sequence++)) throw new Error(`there was no room for ${RECORDS} records`)
    }
    const between = performance.now()
    const drained = drain()
    if (drained) await drained
    const after = performance.now()
    if (before >= measureFrom) {
      producerMs += between - before
      consumerMs += after - between
      records += RECORDS
    }
    before = after
  }
  close()
  return { producerNs: (producerMs * 1e6) / records, consumerNs: (consumerMs * 1e6) / records, pinned }
}

interface Drain {
  /** Takes RECORDS records, in order. */
  drain(): Promise<void> | undefined
  close(): void
}

function openDrain(side: ContentConsumer): Drain {
  const check = new SequenceCheck()
  if ('drain' in side) {
    return {
      drain() {
        const due = check.received + RECORDS
        side.drain(check, RECORDS)
        if (check.received !== due)
          throw new Error(`${due - check.received} of ${RECORDS} records are missing`)
        return undefined
      },
      close() {},
    }
  }
  if ('take' in side) return { drain: () => side.take(check, RECORDS), close() {} }
  let resolve = () => {}
  side.listen((sequence) => {
    check.take(sequence)
    if (check.received % RECORDS === 0) resolve()
  })
  return {
    drain: () =>
      new Promise((come) => {
        resolve = come
      }),
    close: () => side.close(),
  }
}
