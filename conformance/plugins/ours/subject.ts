/** A ring of ours, and a look at its memory. */
import { type Consumer, createRing, openConsumer, openProducer, type Producer, type Ring } from 'bpf-ringbuf'
import { createMappedRing, type MappedRing } from 'bpf-ringbuf/mapped'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  PENDING_POSITION,
  PRODUCER_POSITION,
  SLEEP_ASLEEP,
  SLEEP_AWAKE,
  SLEEP_WORD,
} from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'

export interface SubjectKind {
  readonly memory: 'shared' | 'mapped'
  readonly engine: 'wasm' | 'js'
  readonly reservations: 'claim' | 'lock'
}

/** Where a position can be read, by its name. Bit 0 of the producer position says that the ring is closed. */
const POSITIONS: Readonly<Record<string, number>> = {
  consumer: CONSUMER_POSITION,
  producer: PRODUCER_POSITION,
  pending: PENDING_POSITION,
}

export class Subject {
  readonly producer: Producer
  readonly #ring: Ring<unknown>
  readonly #close: () => void
  #consumer: Consumer | undefined

  /** @throws RingbufError */
  constructor(
    { memory, engine, reservations }: SubjectKind,
    size: number,
    flags: number,
    initialPosition: number,
  ) {
    const options = { size, flags, initialPosition, engine }
    if (memory === 'mapped') {
      const ring: MappedRing = createMappedRing(options)
      this.#close = () => ring.detach()
      this.#ring = ring
    } else {
      const ring = createRing({ ...options, ...(flags === 0 && { reservations }) })
      this.#close = () => ring.close()
      this.#ring = ring
    }
    this.producer = openProducer(this.#ring)
  }

  query(flag: number): number {
    return this.#ring.query(flag)
  }

  position(name: string): number {
    return this.#word(POSITIONS[name] as number)
  }

  /** What a process does that writes to it by hand. */
  moveConsumer(position: number): void {
    this.#consumer?.close()
    this.#consumer = undefined
    Atomics.store(this.#words, this.#index(CONSUMER_POSITION), position | 0)
  }

  get readable(): boolean {
    return Boolean(attachmentOf(this.#ring).engine.isReadable(this.position('consumer') | 0))
  }

  /** The two words of a header. The upper 8 bits of the second name its producer, in some rings. */
  header(position: number): { word: number; page: number } {
    const at = DATA_OFFSET + (position & (this.#ring.size - 1))
    return { word: this.#word(at), page: this.#word(at + 4) & 0xff_ffff }
  }

  data(offset: number, length: number): Uint8Array {
    const from = attachmentOf(this.#ring).address + DATA_OFFSET + offset
    return this.producer.memory.u8.slice(from, from + length)
  }

  /** Whether a consumer that is asleep before `act` is woken by it. */
  wakes(act: () => void): boolean {
    attachmentOf(this.#ring).engine.arm()
    act()
    return Atomics.exchange(this.#words, this.#index(SLEEP_WORD), SLEEP_AWAKE) !== SLEEP_ASLEEP
  }

  consume(most: number): Uint8Array[] {
    this.#consumer ??= openConsumer(this.#ring)
    const records: Uint8Array[] = []
    this.#consumer.consume((record) => records.push(record), { max: most || Number.POSITIVE_INFINITY })
    return records
  }

  close(): void {
    this.#consumer?.close()
    this.#close()
  }

  get #words(): Int32Array {
    return this.producer.memory.i32
  }

  #index(offset: number): number {
    return (attachmentOf(this.#ring).address + offset) >>> 2
  }

  #word(offset: number): number {
    return Atomics.load(this.#words, this.#index(offset)) >>> 0
  }
}
