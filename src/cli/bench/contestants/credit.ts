/**
 * A queue of messages has no end, so its producer holds back by itself: no more is under way than would fill a ring.
 * Without that the figure would be how fast a queue can grow.
 *
 * One word a producer: messages that the consumer has taken, told now and then.
 */
import type { Task } from '../run/task.js'
import { BATCH_RECORDS } from './batch.js'

export type Taken = Int32Array<SharedArrayBuffer>

export function createTaken({ producers }: Task): Taken {
  return new Int32Array(new SharedArrayBuffer(producers * Int32Array.BYTES_PER_ELEMENT))
}

/** A wait is no longer than this: the consumer tells by several at a time, and may have told its last. */
const WAIT_MS = 1

/** Messages that may be under way at once, of so many records each. Of several producers each has its share. */
function mostUnderWay({ ringBytes, bytes, producers }: Task, records: number): number {
  return Math.max(1, Math.floor(ringBytes / (bytes * records * producers)))
}

/** The producer's side. */
export class Credit {
  readonly #taken: Taken
  readonly #producer: number
  readonly #most: number
  #sent = 0

  constructor(taken: Taken, task: Task, producer: number, records = 1) {
    this.#taken = taken
    this.#producer = producer
    this.#most = mostUnderWay(task, records)
  }

  /** Whether one more may be sent. */
  get isThere(): boolean {
    return this.#sent - Atomics.load(this.#taken, this.#producer) < this.#most
  }

  spend(): void {
    this.#sent++
  }

  wait(): boolean {
    const seen = Atomics.load(this.#taken, this.#producer)
    if (this.#sent - seen >= this.#most) Atomics.wait(this.#taken, this.#producer, seen, WAIT_MS)
    return true
  }
}

/** The consumer's side, of one producer: tells that a message was taken. */
export function openTeller(taken: Taken, task: Task, producer: number, records = 1): () => void {
  // Often enough that the queue never runs empty.
  const every = Math.max(1, Math.min(1024 / BATCH_RECORDS, mostUnderWay(task, records) >>> 2))
  let count = 0
  return () => {
    if (++count % every !== 0) return
    Atomics.store(taken, producer, count)
    Atomics.notify(taken, producer)
  }
}
