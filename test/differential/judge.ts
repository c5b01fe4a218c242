/** The kernel's ring, and what it looks like after each step. */
import { type Consumer, openConsumer } from 'bpf-ringbuf'
import { type KernelRing, openKernelRing } from 'bpf-ringbuf/kernel'
import { CONSUMER_POSITION } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { loadSystem } from '#dist/system/load-system.js'
import { type Answers, PipelineProgram, type Run } from './pipeline-program.js'

const POLLIN = 1

export class Judge {
  readonly #program: PipelineProgram
  #ring: KernelRing
  #consumer: Consumer | undefined

  constructor(sizeBytes: number, text: Uint8Array) {
    this.#program = new PipelineProgram(sizeBytes, text)
    this.#ring = openKernelRing(this.#program.ring)
  }

  get ring(): KernelRing {
    return this.#ring
  }

  get bytes(): Uint8Array {
    return attachmentOf(this.#ring).views.u8
  }

  run(run: Run): Answers {
    return this.#program.run(run)
  }

  /** Forgets what was rung for so far. */
  arm(): void {
    this.rung()
  }

  rung(): boolean {
    return attachmentOf(this.#ring).memory.rung?.() ?? false
  }

  /** What poll(2) says of the map. */
  get readable(): boolean {
    const item = { fd: this.#program.ring.fd, events: POLLIN, found: 0 }
    loadSystem().poll([item], 0)
    return (item.found & POLLIN) !== 0
  }

  consume(max: number): Uint8Array[] {
    this.#consumer ??= openConsumer(this.#ring)
    const records: Uint8Array[] = []
    this.#consumer.consume((record) => records.push(record), { max })
    return records
  }

  moveConsumer(position: number): void {
    this.#consumer?.close()
    this.#consumer = undefined
    const longs = new BigInt64Array(this.bytes.buffer)
    Atomics.store(longs, CONSUMER_POSITION >>> 3, BigInt(position))
  }

  /** As if the process had begun anew: it goes on from what the map says. */
  reopen(): void {
    this.#ring.close()
    this.#ring = openKernelRing(this.#program.ring)
  }

  [Symbol.dispose](): void {
    this.#consumer?.close()
    this.#ring.close()
    this.#program[Symbol.dispose]()
  }
}
