/**
 * Memory that the programs and this process share.
 *
 *      +0   slots, 64 bytes each: answer i64, gate u64, then command, length, offset, flags, u32 each
 *    +1024  answer of a program that does one thing: i64
 *    +2048  bytes to be written
 */
import { createMap, type KernelMap, type MappedArray } from 'bpf-ringbuf/kernel'

export const SLOTS = 16
export const SLOT_BYTES = 64
export const SLOT = { answer: 0, gate: 8, command: 16, length: 20, offset: 24, flags: 28 } as const
export const ANSWER_AT = 1024
export const BYTES_AT = 2048
/** A power of two less one: what the verifier understands as a bound. */
export const BYTES_MOST = 0xffff

const BPF_F_MMAPABLE = 1024

export class Mailbox {
  readonly map: KernelMap
  readonly #mapped: MappedArray
  readonly #view: DataView

  constructor() {
    const valueSize = BYTES_AT + BYTES_MOST + 1
    this.map = createMap({ type: 'array', maxEntries: 1, valueSize, flags: BPF_F_MMAPABLE, name: 'mailbox' })
    this.#mapped = this.map.mapped()
    this.#view = new DataView(this.#mapped.buffer)
  }

  get answer(): bigint {
    return this.#view.getBigInt64(ANSWER_AT, true)
  }

  slotAnswer(slot: number): number {
    return Number(this.#view.getBigInt64(slot * SLOT_BYTES + SLOT.answer, true))
  }

  setGate(slot: number, gate: bigint): void {
    this.#view.setBigUint64(slot * SLOT_BYTES + SLOT.gate, gate, true)
  }

  setCommand(
    slot: number,
    words: { command: number; length?: number; offset?: number; flags?: number },
  ): void {
    for (const [name, value] of Object.entries(words)) {
      this.#view.setUint32(slot * SLOT_BYTES + SLOT[name as keyof typeof words], value, true)
    }
  }

  setBytes(bytes: Uint8Array): void {
    if (bytes.length > BYTES_MOST) throw new Error(`${bytes.length} bytes are more than fit into the mailbox`)
    new Uint8Array(this.#mapped.buffer, BYTES_AT).set(bytes)
  }
}
