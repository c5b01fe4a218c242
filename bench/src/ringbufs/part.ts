/**
 * One part of a run: a thread, or a process. It opens the ring, reports that it stands ready, waits for the word to go,
 * works until the ring is closed, and reports what it has counted.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { attachRing, type Ring, type RingHandle } from '../../../dist/index.js'
import { type MappedRingHandle, openMappedRing } from '../../../dist/ring/mapped-ring.js'
import { pinThisThread } from '../pin.js'
import { openWaitingConsumer } from './consume.js'
import { GapCheck } from './gap-check.js'
import type { ConsumerKind, RingbufsOptions } from './options.js'
import { type BatchProducer, openBatchProducer } from './produce.js'

export interface PartTask {
  readonly role: 'producer' | 'consumer' | 'back-to-back'
  /** Its handle; or a descriptor that this process was given. */
  readonly ring: RingHandle | MappedRingHandle | number
  readonly options: RingbufsOptions
  readonly consumer: ConsumerKind
  /** Which producer this is. */
  readonly index: number
  /** Where it is to stand, if it is to be bound. */
  readonly cpu: number | null
}

export type PartReport =
  | { readonly type: 'ready'; readonly pinned: boolean }
  | ({ readonly type: 'done' } & PartResult)

export interface PartResult {
  /** Of a producer. */
  readonly attempted: number
  /** Of a consumer: records received, and of each producer the number behind its last. */
  readonly received: number
  readonly due: readonly number[]
}

/** A process whose parent was killed must end by itself. It looks after so many batches. */
const BATCHES_PER_LOOK = 4096

const task: PartTask = workerData ?? JSON.parse(process.argv[2] as string)
const parent = process.ppid

function report(message: PartReport): void {
  if (parentPort) parentPort.postMessage(message)
  else process.send?.(message)
}

function openRing(): Ring<unknown> {
  const { ring } = task
  return typeof ring === 'object' && ring.type === 'bpf-ringbuf' ? attachRing(ring) : openMappedRing(ring)
}

/** Returns the work, ready to begin. */
function prepare(): () => PartResult {
  const { role, options, index } = task
  const ring = openRing()
  const check = new GapCheck(options.producers)
  const result = (attempted: number) => ({ attempted, received: check.received, due: [...check.due] })
  if (role === 'producer') {
    const producer = openBatchProducer(ring, options, index)
    return () => {
      produceUntilClosed(producer)
      producer.end()
      return result(producer.attempted)
    }
  }
  const consumer = openWaitingConsumer(ring, task.consumer, check)
  const producer = role === 'back-to-back' ? openBatchProducer(ring, options, index) : undefined
  return () => {
    do producer?.put()
    while (consumer.take())
    return result(producer?.attempted ?? 0)
  }
}

function produceUntilClosed(producer: BatchProducer): void {
  while (producer.put()) {
    if (process.ppid !== parent) process.exit(1)
    for (let batch = 1; batch < BATCHES_PER_LOOK; batch++) if (!producer.put()) return
  }
}

const work = prepare()
const going = new Promise((resolve) => (parentPort ?? process).once('message', resolve))
report({ type: 'ready', pinned: task.cpu === null || pinThisThread(task.cpu) })
await going
report({ type: 'done', ...work() })
if (parentPort === null) process.disconnect()
