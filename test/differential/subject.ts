/** Our side: a ring of ours that is asked to do what the kernel's program did. */
import assert from 'node:assert/strict'
import { type Consumer, createRing, openConsumer, openProducer, type Producer, type Ring } from 'bpf-ringbuf'
import { createMappedRing, type MappedRing } from 'bpf-ringbuf/mapped'
import { CONSUMER_POSITION, PENDING_POSITION, SLEEP_ASLEEP, SLEEP_WORD } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { type Answers, ORDERS, QUERIES, type Run } from './pipeline-program.js'

export const SUBJECTS = ['wasm', 'js', 'mapped'] as const
export type SubjectName = (typeof SUBJECTS)[number]

const EINVAL = -22
const E2BIG = -7
/** Of the kernel's dynptr. */
const DYNPTR_MOST = 2 ** 24 - 1

export class Subject {
  readonly name: SubjectName
  readonly producer: Producer
  readonly #ring: Ring<unknown>
  readonly #text: Uint8Array
  #consumer: Consumer | undefined

  constructor(name: SubjectName, sizeBytes: number, text: Uint8Array) {
    this.name = name
    this.#ring =
      name === 'mapped'
        ? createMappedRing({ size: sizeBytes, owners: false })
        : createRing({ size: sizeBytes, engine: name, reservations: 'lock' })
    this.#text = text
    this.producer = openProducer(this.#ring)
  }

  /** As the program does it, by the rules of the helpers that it calls. */
  run(run: Run): Answers {
    const { producer } = this
    const addresses = run.sizes.map((size, i) => {
      const address = producer.reserve(size, run.reserveFlags[i] as number)
      if (address !== 0 && size >= 8) {
        new DataView(producer.memory.u8.buffer).setBigUint64(address, run.values[i] as bigint, true)
      }
      return address
    })
    const reserved = addresses.map((address, i) => {
      if (address !== 0) return 0
      return run.reserveFlags[i] === 0 && (run.sizes[i] as number) > DYNPTR_MOST ? E2BIG : EINVAL
    })
    const before = this.#queries()
    const { output } = run
    const outputAnswer = output ? producer.output(this.#text.subarray(0, output.length), output.flags) : 0
    for (const i of ORDERS[run.order] as readonly number[]) {
      const address = addresses[i] as number
      if (address === 0) continue
      const flags = run.commitFlags[i] as number
      assert.equal(run.discards[i] ? producer.discard(address, flags) : producer.submit(address, flags), 0)
    }
    return { reserved, output: outputAnswer, before, after: this.#queries() }
  }

  /** Says that somebody sleeps. */
  arm(): void {
    attachmentOf(this.#ring).engine.arm()
  }

  /** Whether somebody who slept would have been woken. */
  get rung(): boolean {
    return Atomics.load(this.producer.memory.i32, SLEEP_WORD >>> 2) !== SLEEP_ASLEEP
  }

  get readable(): boolean {
    return Boolean(attachmentOf(this.#ring).engine.isReadable(this.word(CONSUMER_POSITION) | 0))
  }

  get pending(): number {
    return this.word(PENDING_POSITION)
  }

  word(at: number): number {
    return Atomics.load(this.producer.memory.u32, at >>> 2)
  }

  consume(max: number): Uint8Array[] {
    this.#consumer ??= openConsumer(this.#ring)
    const records: Uint8Array[] = []
    this.#consumer.consume((record) => records.push(record), { max })
    return records
  }

  /** What a process does that writes to the consumer position by hand. */
  moveConsumer(position: number): void {
    this.#consumer?.close()
    this.#consumer = undefined
    Atomics.store(this.producer.memory.u32, CONSUMER_POSITION >>> 2, position >>> 0)
  }

  [Symbol.dispose](): void {
    this.#consumer?.close()
    if (this.name === 'mapped') (this.#ring as MappedRing).detach()
    else this.#ring.close()
  }

  #queries(): bigint[] {
    return QUERIES.map((flag) => BigInt(this.#ring.query(flag)))
  }
}
