import { RingbufError } from '../abi/error.js'
import type { Producer } from './producer.js'
import { Finishable } from './writable-record.js'

/**
 * Records of one size, reserved at once. They become visible together, with one store, or not at all
 * (R20). The views must not be used after submit or discard, as with a single record.
 */
export class Batch extends Finishable {
  /** How many records. */
  readonly records: number
  /** Bytes of payload of each. */
  readonly sizeBytes: number

  /** @internal */
  constructor(producer: Producer, address: number, records: number, sizeBytes: number) {
    super(producer, address)
    this.records = records
    this.sizeBytes = sizeBytes
  }

  /** Address of the payload of one record. @throws RingbufError ERR_INVALID_ARGUMENT, ERR_RECORD_FINISHED */
  addressOf(index: number): number {
    this.assertOpen()
    if (!Number.isInteger(index) || index < 0 || index >= this.records) {
      throw new RingbufError('ERR_INVALID_ARGUMENT', `record ${index} of a batch of ${this.records}`, {
        value: index,
        limit: this.records - 1,
      })
    }
    return this.producer.batchAddress(this.address, index, this.sizeBytes)
  }

  /** The payload of one record. Shared memory: do not hand it to encoders, hashes or streams. */
  bytes(index: number): Uint8Array {
    return new Uint8Array(this.producer.memory.u8.buffer, this.addressOf(index), this.sizeBytes)
  }

  protected override commit(keep: boolean, flags: number): number {
    this.assertOpen()
    return keep
      ? this.producer.submitBatch(this.address, this.records, this.sizeBytes, flags)
      : this.producer.discardBatch(this.address, this.records, this.sizeBytes, flags)
  }
}
