import assert from 'node:assert/strict'
import {
  BPF_RB_CONS_POS,
  BPF_RB_PROD_POS,
  type Consumer,
  type CreateRingOptions,
  identityHolds,
  openConsumer,
  openProducer,
  type Producer,
  type RingCounters,
} from 'bpf-ringbuf'
import { DATA_OFFSET, PENDING_POSITION, SLEEP_WORD } from '#dist/abi/region.js'
import type { Build } from './builds.js'
import { type AnyRing, addressOf, makeRing } from './rings.js'

export interface Header {
  /** The commit word: length and the two bits. */
  readonly word: number
  readonly pageOffset: number
}

/** A ring of one page, both its ends, and a look at its bytes. What fails the test is called mustX. */
export class Rig {
  readonly ring: AnyRing
  readonly producer: Producer
  #consumer: Consumer | undefined

  constructor(build: Build, options: Partial<CreateRingOptions> = {}) {
    this.ring = makeRing(build, options)
    this.producer = openProducer(this.ring)
  }

  /** Opened when it is first asked for. */
  get consumer(): Consumer {
    this.#consumer ??= openConsumer(this.ring)
    return this.#consumer
  }

  get u8(): Uint8Array {
    return this.producer.memory.u8
  }

  /** The word at this offset from the ring. */
  word(offset: number): number {
    return Atomics.load(this.producer.memory.u32, (addressOf(this.ring) + offset) >>> 2)
  }

  setWord(offset: number, value: number): void {
    Atomics.store(this.producer.memory.u32, (addressOf(this.ring) + offset) >>> 2, value)
  }

  get producerPosition(): number {
    return this.ring.query(BPF_RB_PROD_POS)
  }

  get consumerPosition(): number {
    return this.ring.query(BPF_RB_CONS_POS)
  }

  get pendingPosition(): number {
    return this.word(PENDING_POSITION)
  }

  get sleepWord(): number {
    return this.word(SLEEP_WORD)
  }

  /** The header in front of the payload at this address. */
  header(address: number): Header {
    const { u32 } = this.producer.memory
    return {
      word: Atomics.load(u32, (address - 8) >>> 2),
      pageOffset: Atomics.load(u32, (address - 4) >>> 2),
    }
  }

  mustReserve(sizeBytes: number): number {
    const address = this.producer.reserve(sizeBytes)
    assert.notEqual(address, 0, `no record of ${sizeBytes} bytes: ${this.producer.reason}`)
    return address
  }

  /** Reserves a record and writes text into it. */
  mustReserveText(text: string): number {
    const bytes = Buffer.from(text)
    const address = this.mustReserve(bytes.length)
    this.u8.set(bytes, address)
    return address
  }

  mustSubmit(address: number, flags = 0): void {
    assert.equal(this.producer.submit(address, flags), 0, `submit of the record at ${address}`)
  }

  mustDiscard(address: number, flags = 0): void {
    assert.equal(this.producer.discard(address, flags), 0, `discard of the record at ${address}`)
  }

  mustOutput(payload: Uint8Array | string, flags = 0): void {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    assert.equal(this.producer.output(bytes, flags), 0, `output of ${bytes.length} bytes`)
  }

  /** Answers how many records of this size the ring took until it was full. */
  fill(sizeBytes: number): number {
    let records = 0
    while (this.producer.output(new Uint8Array(sizeBytes)) === 0) records++
    return records
  }

  /** What the consumer is shown now, as text. */
  texts(max = Number.POSITIVE_INFINITY): string[] {
    const seen: string[] = []
    this.consumer.consume((bytes) => seen.push(Buffer.from(bytes).toString()), { max })
    return seen
  }

  /** All bytes of the ring's memory, as they are now. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes)
  }

  /** All that there is, once: data that is mapped twice shows every change twice. */
  get #bytes(): Uint8Array {
    const { handle, size } = this.ring
    return handle.type === 'bpf-ringbuf' ? this.u8 : this.u8.subarray(0, DATA_OFFSET + size)
  }

  /** Whatever `act` does, it must leave every byte of the memory as it was. */
  mustChangeNothing(act: () => void): void {
    const before = this.snapshot()
    act()
    const at = firstDifference(before, this.#bytes)
    assert.equal(at, -1, `the byte at ${at} changed`)
  }

  /** The counters, which must balance. */
  mustBalance(): RingCounters {
    const counters = this.ring.counters()
    assert.ok(identityHolds(counters), `the identity does not hold: ${JSON.stringify(counters)}`)
    return counters
  }
}

/** Where two memories first differ, or -1. */
export function firstDifference(one: Uint8Array, other: Uint8Array): number {
  if (Buffer.compare(one, other) === 0) return -1
  return one.findIndex((byte, at) => byte !== other[at])
}

/** Bytes that no other seed gives. */
export function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => Math.imul(seed + 1, 31) + i * 7 + (i >>> 8))
}
