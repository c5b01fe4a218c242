import type { ReasonName, ReservationOrder, RingCounters } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'

type State = 'busy' | 'kept' | 'discarded'

interface ModelRecord {
  readonly position: number
  /** Bytes in the ring, header and padding included. */
  readonly total: number
  payload: Uint8Array
  state: State
}

/** What is reserved and not committed: one record, or a batch of them. */
export interface Held {
  readonly address: number
  readonly records: number
  readonly size: number
  readonly batch: boolean
}

/**
 * The ring as an array of records: what the rules say, without memory, headers or atomics. Positions are
 * plain numbers that never wrap; whoever compares takes them modulo 2^32.
 */
export class Model {
  readonly size: number
  readonly #order: ReservationOrder
  #records: ModelRecord[] = []
  producer: number
  consumer: number
  pending: number
  closed = false
  reason: ReasonName = 'none'
  #highWater = 0
  readonly #counts = { attempted: 0, submitted: 0, discarded: 0, dropped: 0, refused: 0, bytes: 0 }
  #consumed = 0
  #skipped = 0

  constructor(size: number, order: ReservationOrder, initialPosition: number) {
    this.size = size
    this.#order = order
    this.producer = this.consumer = initialPosition
    this.pending = order === 'lock' ? initialPosition : 0
  }

  /** The address that reserve must answer: 0 for none. */
  reserve(size: number): number {
    return this.#take(roundUp(size + 8), 1)
  }

  reserveBatch(records: number, size: number): number {
    return this.#take(records === 0 ? 0 : records * roundUp(size + 8), records)
  }

  outputMany(payloads: readonly Uint8Array[]): boolean {
    if (payloads.length === 0) return true
    const total = payloads.reduce((sum, { length }) => sum + roundUp(length + 8), 0)
    const address = this.#take(total, payloads.length)
    if (address === 0) return false
    this.#split(address, payloads, 'kept')
    return true
  }

  commit(held: Held, payloads: readonly Uint8Array[], state: 'kept' | 'discarded'): void {
    this.#split(held.address, payloads, state)
  }

  /** What the consumer must show: at most `max` records. */
  consume(max: number): Uint8Array[] {
    this.#highWater = Math.max(this.#highWater, this.producer - this.consumer)
    const shown: Uint8Array[] = []
    while (shown.length < max) {
      const record = this.#records[0]
      if (record === undefined || record.state === 'busy') break
      this.#records.shift()
      this.consumer += record.total
      if (record.state === 'kept') shown.push(record.payload)
      else this.#skipped++
    }
    this.#consumed += shown.length
    return shown
  }

  /** Payloads that a consumer can be shown now, in order: those in front of the first busy record. */
  get readable(): Uint8Array[] {
    const busy = this.#records.findIndex(({ state }) => state === 'busy')
    return this.#records
      .slice(0, busy < 0 ? undefined : busy)
      .filter(({ state }) => state === 'kept')
      .map(({ payload }) => payload)
  }

  /** Whether a record of this size would find room now. Not counted. */
  fits(size: number): boolean {
    return !this.closed && size <= this.room
  }

  /** Bytes of the longest payload that finds room now; below 0 where not even an empty one does. */
  get room(): number {
    return this.size - 16 - (this.producer - this.#oldestInTheWay)
  }

  /** Up to where everything is committed. */
  get committed(): number {
    return this.#records.find(({ state }) => state === 'busy')?.position ?? this.producer
  }

  /** All that is in the ring, as whoever looks at it is shown it. */
  get records(): { state: 'busy' | 'submitted' | 'discarded'; position: number; payload: Uint8Array }[] {
    return this.#records.map(({ position, state, payload }) => ({
      state: state === 'kept' ? 'submitted' : state,
      position: position % 2 ** 32,
      payload,
    }))
  }

  /** Discarded records at the head, up to this position, were passed over; there may be none. */
  passOver(position: number): void {
    this.#highWater = Math.max(this.#highWater, this.producer - this.consumer)
    while (this.consumer < position && this.#records[0]?.state === 'discarded') {
      this.consumer += this.#records.shift()?.total ?? 0
      this.#skipped++
    }
  }

  get ready(): boolean {
    return this.#records.length > 0 && this.#records[0]?.state !== 'busy'
  }

  counters(): RingCounters {
    return {
      ...this.#counts,
      inFlight: this.#records.filter(({ state }) => state === 'busy').length,
      consumed: this.#consumed,
      skipped: this.#skipped,
      highWaterBytes: Math.max(this.#highWater, this.producer - this.consumer),
      // Nobody sleeps in the model, and nothing is overwritten.
      ...{ abandoned: 0, overwritten: 0, lost: 0, wakeups: 0, sleeps: 0, spurious: 0 },
      elided: this.#counts.submitted + this.#counts.discarded,
    }
  }

  #take(total: number, records: number): number {
    this.#counts.attempted += records
    if (total === 0 || total > this.size || (this.#order === 'claim' && total === this.size)) {
      return this.#fail('too-large', records)
    }
    if (this.closed) return this.#fail('closed', records)
    this.#advancePending()
    if (total === this.size) return this.#fail('too-large', records)
    if (this.producer + total - this.#oldestInTheWay >= this.size) return this.#fail('full', records)
    this.reason = 'none'
    // A batch is one attempt until it is committed.
    this.#counts.attempted += 1 - records
    const position = this.producer
    this.#records.push({ position, total, payload: new Uint8Array(0), state: 'busy' })
    this.producer += total
    return DATA_OFFSET + (position % this.size) + 8
  }

  #fail(reason: ReasonName, records: number): number {
    this.reason = reason
    this.#counts[reason === 'full' ? 'dropped' : 'refused'] += records
    return 0
  }

  #advancePending(): void {
    if (this.#order === 'lock') this.pending = this.committed
  }

  /** What no record may reach round the ring: what is not consumed, and with the lock what is not committed. */
  get #oldestInTheWay(): number {
    return this.#order === 'lock' ? Math.min(this.committed, this.consumer) : this.consumer
  }

  /** Puts the committed records in the place of the busy one that held their room. */
  #split(address: number, payloads: readonly Uint8Array[], state: 'kept' | 'discarded'): void {
    const index = this.#records.findIndex(
      (record) => record.state === 'busy' && DATA_OFFSET + (record.position % this.size) + 8 === address,
    )
    const region = this.#records[index]
    if (region === undefined) throw new Error(`the model has no busy record at ${address}`)
    let position = region.position
    const split = payloads.map((payload) => {
      const record = { position, total: roundUp(payload.length + 8), payload, state }
      position += record.total
      return record
    })
    if (position !== region.position + region.total) throw new Error('the parts are not the whole')
    this.#records.splice(index, 1, ...split)
    this.#counts.attempted += payloads.length - 1
    this.#counts[state === 'kept' ? 'submitted' : 'discarded'] += payloads.length
    if (state === 'kept') this.#counts.bytes += payloads.reduce((sum, { length }) => sum + length, 0)
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
