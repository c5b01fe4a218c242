/** What all rings between threads have in common: how they are shared, and how records come out. */
import {
  attachRing,
  type Consumer,
  createRing,
  type OpenConsumerOptions,
  openConsumer,
  openProducer,
  type Producer,
  type RawCallback,
  type RingHandle,
} from 'bpf-ringbuf'
import type { ProducerEnd, Shares } from '../contestant.js'
import type { Inspector } from '../run/inspector.js'
import { DOUBLE_BYTES } from '../run/record.js'
import type { Task } from '../run/task.js'

/** Records of one visit, so that the clock is looked at while the ring never runs empty. */
const VISIT = { max: 256 }
/** A wait is no longer than this, so that the clock is looked at where nothing comes. */
const WAIT = { timeoutMs: 5 }
const POLL = { timeoutMs: 0.1 }

export function shareRing({ ringBytes }: Task): Shares<RingHandle> {
  const { handle } = createRing({ size: ringBytes, name: 'bench' })
  return { consumer: handle, producer: () => handle }
}

export function openProducerOf(handle: RingHandle): Producer {
  return openProducer(attachRing(handle))
}

export function openConsumerOf(handle: RingHandle, options: OpenConsumerOptions = {}): Consumer {
  return openConsumer(attachRing(handle), options)
}

/** Waits as long as it takes, unless the ring is closed. */
export function roomIn(producer: Producer, bytes: number): ProducerEnd['waitForRoom'] {
  return () => producer.waitForRoom(bytes)
}

/** Shows the inspector a record where it lies. */
export function inspectInPlace({ memory: { f64 } }: Consumer, inspector: Inspector): RawCallback {
  return (_memory, offset, length) => inspector.takeFrom(f64, offset / DOUBLE_BYTES, length / DOUBLE_BYTES)
}

/** One turn of a consumer that blocks its thread while there is nothing. */
export function visitBlocking(consumer: Consumer, look: RawCallback): void {
  consumer.wait(WAIT)
  consumer.consumeRaw(look, VISIT)
}

/** The same for a consumer that never sleeps. */
export function visitPolling(consumer: Consumer, look: RawCallback): void {
  consumer.waitBusy(POLL)
  consumer.consumeRaw(look, VISIT)
}

/** The same on an event loop. */
export async function visitAsync(consumer: Consumer, look: RawCallback): Promise<void> {
  await consumer.waitAsync(WAIT)
  consumer.consumeRaw(look, VISIT)
}

/** Takes until it is over and complete. */
export function consumeBlocking(consumer: Consumer, inspector: Inspector): void {
  const look = inspectInPlace(consumer, inspector)
  do visitBlocking(consumer, look)
  while (!inspector.isOver() || !inspector.isComplete())
}
