import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { openConsumer } from 'bpf-ringbuf'
import type { Build } from '../ring/support/builds.js'
import { type AnyRing, makeRing } from '../ring/support/rings.js'
import type { ProducerData } from './producer.js'

const RING_BYTES = 65_536

/** A ring with threads that produce as fast as they can, whose consumer is closed and opened again. */
export class RingUnderLoad {
  readonly #ring: AnyRing
  readonly #ended: Promise<unknown>
  /** For each producer, the number that must come next. */
  readonly #next: number[]
  records = 0

  constructor(build: Build, producers: number, records = Number.POSITIVE_INFINITY) {
    this.#ring = makeRing(build, { size: RING_BYTES, initialPosition: 2 ** 32 - RING_BYTES })
    this.#next = new Array(producers).fill(0)
    const workers = this.#next.map((_, producer) => {
      const data: ProducerData = { handle: this.#ring.handle, engine: build.engine, producer, records }
      return new Worker(new URL('./producer.js', import.meta.url), { workerData: data })
    })
    this.#ended = Promise.all(workers.map((worker) => once(worker, 'exit')))
    this.#ended.catch(() => {})
  }

  /** Consumes for so long, with a consumer of its own. */
  async consume(ms: number): Promise<void> {
    const end = performance.now() + ms
    using consumer = openConsumer(this.#ring)
    while (performance.now() < end) {
      await consumer.waitAsync({ timeoutMs: Math.max(1, end - performance.now()) })
      consumer.consumeRaw((memory, offset) => this.#take(memory, offset), { max: 20_000 })
    }
  }

  /** Closes it, takes what is left, and gives it up when its producers have ended. */
  async end(): Promise<void> {
    this.#ring.close()
    {
      using consumer = openConsumer(this.#ring)
      while ((await consumer.waitAsync()) !== 'closed')
        consumer.consumeRaw((memory, offset) => this.#take(memory, offset))
    }
    await this.#ended
    ;(this.#ring as { detach?: () => void }).detach?.()
  }

  #take(memory: Uint8Array, offset: number): void {
    const words = new Uint32Array(memory.buffer, offset, 2)
    const [producer, number] = words as unknown as [number, number]
    if (number !== this.#next[producer]) {
      throw new Error(`producer ${producer}: record ${number} came, not ${this.#next[producer]}`)
    }
    this.#next[producer] = number + 1
    this.records++
  }
}
