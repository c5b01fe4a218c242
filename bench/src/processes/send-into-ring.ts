/** Sends into a mapped ring: fills records in place, one by one or in batches, or lets `output` copy them. */
import { openProducer, type Producer } from '../../../dist/index.js'
import { openMappedRing } from '../../../dist/ring/mapped-ring.js'
import { openPayload, type Payload } from './payload.js'
import type { SenderTask } from './task.js'

/** Below this a loop of stores is faster than the call of `set`. */
const LOOP_BELOW_BYTES = 128

/** Several senders wait for room as users do; not for ever, as the receiver may have been killed. */
const LONGEST_WAIT_MS = 10
/** Tries between two looks whether the receiver is still there, which may have been killed. */
const TRIES_BEFORE_LOOK = 100_000
const parent = process.ppid
const HEADER_BYTES = 8

export function sendIntoRing(task: SenderTask): void {
  const producer = openProducer(openMappedRing(task.place as Parameters<typeof openMappedRing>[0]))
  const payload = openPayload(task)
  if (task.kind === 'output') sendByOutput(producer, payload, task)
  else if (task.batch > 1) sendInBatches(producer, payload, task)
  else sendInPlace(producer, payload, task)
}

/** Whether to try again: at once, or where others may need the cpu, when there is room for a batch. */
function mayTryAgain(producer: Producer, tries: number, { senders, batch, bytes }: SenderTask): boolean {
  if (senders > 1) producer.waitForRoom(batch * (HEADER_BYTES + bytes), LONGEST_WAIT_MS)
  if ((senders > 1 || tries % TRIES_BEFORE_LOOK === 0) && process.ppid !== parent) return false
  return producer.reason !== 'closed'
}

function openCopy({ memory }: Producer, payload: Payload): (address: number) => void {
  const { bytes, doubles } = payload
  const { u8, f64 } = memory
  if (bytes.length >= LOOP_BELOW_BYTES) return (address) => u8.set(bytes, address)
  return (address) => {
    const at = address >>> 3
    for (let i = 0; i < doubles.length; i++) f64[at + i] = doubles[i] as number
  }
}

function sendInPlace(producer: Producer, payload: Payload, task: SenderTask): void {
  const copy = openCopy(producer, payload)
  const { length } = payload.bytes
  for (;;) {
    payload.next()
    let address = producer.reserve(length)
    for (let tries = 1; address === 0; tries++) {
      if (!mayTryAgain(producer, tries, task)) return
      address = producer.reserve(length)
    }
    copy(address)
    producer.submit(address)
  }
}

function sendInBatches(producer: Producer, payload: Payload, task: SenderTask): void {
  const copy = openCopy(producer, payload)
  const { length } = payload.bytes
  const { batch } = task
  for (;;) {
    let first = producer.reserveBatch(batch, length)
    for (let tries = 1; first === 0; tries++) {
      if (!mayTryAgain(producer, tries, task)) return
      first = producer.reserveBatch(batch, length)
    }
    for (let i = 0; i < batch; i++) {
      payload.next()
      copy(producer.batchAddress(first, i, length))
    }
    producer.submitBatch(first, batch, length)
  }
}

function sendByOutput(producer: Producer, payload: Payload, task: SenderTask): void {
  for (;;) {
    payload.next()
    for (let tries = 1; producer.output(payload.bytes) !== 0; tries++) {
      if (!mayTryAgain(producer, tries, task)) return
    }
  }
}
