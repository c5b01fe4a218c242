import assert from 'node:assert/strict'
import {
  BPF_F_RB_OVERWRITE,
  type Consumer,
  type EngineKind,
  LostRecord,
  openConsumer,
  openProducer,
  type Producer,
} from 'bpf-ringbuf'
import { Rig } from '../../ring/support/rig.js'
import { joinRing } from '../../ring/support/rings.js'
import { numbered, numberOf } from './notes.js'

/**
 * A ring in overwrite mode whose submitted records are numbered, with a producer of another thread's, so to
 * say, and a reader that must account for every number: shown, or told to be lost.
 */
export class Recorder {
  readonly rig: Rig
  readonly producer: Producer
  consumer: Consumer<Uint8Array | LostRecord>
  sent = 0
  /** Numbers below it were shown or told of. */
  next = 0
  shown = 0
  lost = 0

  constructor(engine: EngineKind, options: { initialPosition?: number; size?: number } = {}) {
    this.rig = new Rig(
      { name: engine, engine, reservations: 'lock' },
      { flags: BPF_F_RB_OVERWRITE, ...options },
    )
    this.producer = openProducer(joinRing(this.rig.ring.handle, { engine }))
    this.consumer = openConsumer(this.rig.ring, { showLost: true })
  }

  send(records: number, bytes: number): void {
    for (let i = 0; i < records; i++) {
      assert.equal(this.producer.output(numbered(this.sent, bytes)), 0)
      this.sent++
    }
  }

  discard(records: number, bytes: number): void {
    for (let i = 0; i < records; i++) assert.equal(this.producer.discard(this.producer.reserve(bytes)), 0)
  }

  read(max = Number.POSITIVE_INFINITY): void {
    this.consumer.consume((record) => this.#take(record), { max })
  }

  /** The next consumer, as after the death of this one. */
  takeOver(): void {
    this.consumer = openConsumer(this.rig.ring, { showLost: true, takeOver: true })
  }

  /** Reads to the end: nothing may be missing that it was not told of, and the counters say the same. */
  mustAccount(): void {
    this.read()
    this.read()
    assert.equal(this.next, this.sent, `${this.sent} sent, ${this.shown} shown, ${this.lost} lost`)
    const { submitted, consumed, lost } = this.rig.mustBalance()
    assert.deepEqual([submitted, consumed, lost], [this.sent, this.shown, this.lost])
    assert.equal(this.consumer.position, this.rig.producerPosition)
  }

  /** What an observer sees must be whole, in a row, and not older than what the reader has lost. */
  mustSnapshot(): number[] {
    const numbers = this.rig.ring.snapshot().records.map(({ bytes }) => numberOf(bytes))
    for (const [i, number] of numbers.entries()) assert.equal(number, (numbers[0] as number) + i)
    return numbers
  }

  #take(record: Uint8Array | LostRecord): void {
    if (record instanceof LostRecord) {
      assert.equal(record.cause, 'overwritten')
      this.next += record.count
      this.lost += record.count
      return
    }
    assert.equal(numberOf(record), this.next, `${this.shown} shown, ${this.lost} lost`)
    this.next++
    this.shown++
  }
}
