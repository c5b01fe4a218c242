import type { ReasonName } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'

export interface KeptRecord {
  readonly position: number
  /** Bytes in the ring, header and padding included. */
  readonly total: number
  payload: Uint8Array
  state: 'busy' | 'submitted' | 'discarded'
}

/** What is reserved and not committed: one record, or a batch. */
export interface HeldRegion {
  readonly address: number
  readonly records: number
  readonly size: number
  readonly batch: boolean
}

/**
 * The ring of BPF_F_RB_OVERWRITE as an array of records, by section 2.11 of the facts. Positions are plain
 * numbers that never wrap.
 */
export class OverwriteModel {
  readonly size: number
  /** Those that were not overwritten, consumed or not. */
  #records: KeptRecord[] = []
  producer: number
  pending: number
  overwrite: number
  closed = false
  reason: ReasonName = 'none'
  readonly counts = { attempted: 0, submitted: 0, discarded: 0, dropped: 0, refused: 0 }
  /** Payloads of all submitted records that were overwritten, in order. */
  readonly gone: Uint8Array[] = []

  constructor(size: number, initialPosition: number) {
    this.size = size
    this.producer = this.pending = this.overwrite = initialPosition
  }

  get records(): readonly KeptRecord[] {
    return this.#records
  }

  /** Payloads that a reader can be shown which comes to all of them, in order; up to the first busy one. */
  get readable(): Uint8Array[] {
    const busy = this.#records.findIndex(({ state }) => state === 'busy')
    return this.#records
      .slice(0, busy < 0 ? undefined : busy)
      .filter(({ state }) => state === 'submitted')
      .map(({ payload }) => payload)
  }

  get busy(): number {
    return this.#records.filter(({ state }) => state === 'busy').length
  }

  /** The address that reserve must answer: 0 for none. */
  reserve(size: number): number {
    return this.#take(roundUp(size + 8), 1)
  }

  reserveBatch(records: number, size: number): number {
    return this.#take(records * roundUp(size + 8), records)
  }

  outputMany(payloads: readonly Uint8Array[]): boolean {
    const total = payloads.reduce((sum, { length }) => sum + roundUp(length + 8), 0)
    const address = this.#take(total, payloads.length)
    if (address !== 0) this.commit(address, payloads, 'submitted')
    return address !== 0
  }

  /** Puts the committed records in the place of the busy one that held their room. */
  commit(address: number, payloads: readonly Uint8Array[], state: 'submitted' | 'discarded'): void {
    const index = this.#records.findIndex(
      (record) => record.state === 'busy' && addressOf(record.position, this.size) === address,
    )
    const region = this.#records[index]
    if (region === undefined) throw new Error(`the model has no busy record at ${address}`)
    let { position } = region
    const parts = payloads.map((payload) => {
      const record = { position, total: roundUp(payload.length + 8), payload, state }
      position += record.total
      return record
    })
    if (position !== region.position + region.total) throw new Error('the parts are not the whole')
    this.#records.splice(index, 1, ...parts)
    this.counts.attempted += payloads.length - 1
    this.counts[state] += payloads.length
  }

  #take(total: number, records: number): number {
    this.counts.attempted += records
    if (total === 0 || total > this.size) return this.#fail('too-large', records)
    if (this.closed) return this.#fail('closed', records)
    this.pending = this.#records.find(({ state }) => state === 'busy')?.position ?? this.producer
    if (total === this.size) return this.#fail('too-large', records)
    const end = this.producer + total
    if (end - this.pending >= this.size) return this.#fail('full', records)
    while (end - this.overwrite >= this.size) {
      const oldest = this.#records.shift()
      if (oldest === undefined || oldest.state === 'busy')
        throw new Error('the model overwrote a busy record')
      this.overwrite += oldest.total
      if (oldest.state === 'submitted') this.gone.push(oldest.payload)
    }
    this.reason = 'none'
    this.counts.attempted += 1 - records
    const position = this.producer
    this.#records.push({ position, total, payload: new Uint8Array(0), state: 'busy' })
    this.producer = end
    return addressOf(position, this.size)
  }

  #fail(reason: ReasonName, records: number): number {
    this.reason = reason
    this.counts[reason === 'full' ? 'dropped' : 'refused'] += records
    return 0
  }
}

function addressOf(position: number, size: number): number {
  return DATA_OFFSET + (position % size) + 8
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8
}
