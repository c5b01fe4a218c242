import { RingbufError } from '../abi/error.js'
import { encodeText } from '../memory/text.js'
import type { Producer } from './producer.js'

/** What a record and a batch have in common: they are finished exactly once, and not used after. */
export abstract class Finishable {
  protected readonly producer: Producer
  /** Address of the (first) payload. */
  readonly address: number
  #finished = false

  /** @internal */
  protected constructor(producer: Producer, address: number) {
    this.producer = producer
    this.address = address
  }

  /** Whether it was submitted or discarded. */
  get finished(): boolean {
    return this.#finished
  }

  /** Makes it visible to the consumer. @throws RingbufError ERR_RECORD_FINISHED, ERR_NOT_A_RECORD */
  submit(flags = 0): void {
    this.#finish(this.commit(true, flags))
  }

  /** Gives it up; the consumer skips it. @throws RingbufError ERR_RECORD_FINISHED, ERR_NOT_A_RECORD */
  discard(flags = 0): void {
    this.#finish(this.commit(false, flags))
  }

  /** Discards it, unless it was submitted or discarded. */
  [Symbol.dispose](): void {
    if (!this.#finished) this.discard()
  }

  /** @internal */
  protected abstract commit(keep: boolean, flags: number): number

  protected assertOpen(): void {
    if (!this.#finished) return
    throw new RingbufError(
      'ERR_RECORD_FINISHED',
      `the record at address ${this.address} was submitted or discarded`,
      {
        address: this.address,
      },
    )
  }

  #finish(answer: number): void {
    this.#finished = true
    if (answer === 0) return
    throw new RingbufError('ERR_NOT_A_RECORD', `no reserved record stands at address ${this.address}`, {
      address: this.address,
    })
  }
}

/**
 * A reserved record, to be filled in place and then submitted or discarded, once.
 *
 * Its views show the ring's own memory, which holds old bytes until you write. They must not be used
 * after submit or discard: the memory is the consumer's then, and later another producer's. The getters
 * check that; a view that you kept cannot.
 */
export class WritableRecord extends Finishable {
  /** Bytes of payload. */
  readonly length: number

  /** @internal */
  constructor(producer: Producer, address: number, length: number) {
    super(producer, address)
    this.length = length
  }

  /** The payload. Shared memory: do not hand it to encoders, hashes or streams. */
  get bytes(): Uint8Array {
    this.assertOpen()
    return new Uint8Array(this.producer.memory.u8.buffer, this.address, this.length)
  }

  get dataView(): DataView {
    this.assertOpen()
    return new DataView(this.producer.memory.u8.buffer, this.address, this.length)
  }

  /** The payload as 32-bit words; up to 3 bytes at the end are left out. */
  get uint32(): Uint32Array {
    this.assertOpen()
    return new Uint32Array(this.producer.memory.u8.buffer, this.address, this.length >>> 2)
  }

  /** The payload as 64-bit floats; up to 7 bytes at the end are left out. */
  get float64(): Float64Array {
    this.assertOpen()
    return new Float64Array(this.producer.memory.u8.buffer, this.address, this.length >>> 3)
  }

  /**
   * Writes text as UTF-8 from `offset` on, and answers the bytes written. Text that does not fit is an
   * error, and then nothing is written.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT, ERR_RECORD_FINISHED
   */
  writeText(text: string, offset = 0): number {
    this.assertOpen()
    const encoded = encodeText(text)
    if (!Number.isInteger(offset) || offset < 0 || offset + encoded.length > this.length) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `text of ${encoded.length} bytes at offset ${offset} does not fit in a record of ${this.length} bytes`,
        { value: offset + encoded.length, limit: this.length },
      )
    }
    this.producer.memory.u8.set(encoded, this.address + offset)
    return encoded.length
  }

  protected override commit(keep: boolean, flags: number): number {
    this.assertOpen()
    return keep ? this.producer.submit(this.address, flags) : this.producer.discard(this.address, flags)
  }
}
