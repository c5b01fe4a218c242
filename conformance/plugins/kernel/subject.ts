/** A ring of the kernel with its programs, as one thing that can be asked to do anything. */
import { type Consumer, openConsumer } from 'bpf-ringbuf'
import { createMap, type KernelMap, type KernelRing, openKernelRing } from 'bpf-ringbuf/kernel'
import { CONSUMER_POSITION, DATA_OFFSET } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { loadSystem } from '#dist/system/load-system.js'
import { ActingProgram, reserveConstant } from './acting-programs.js'
import type { Gates } from './gates.js'
import { HoldingProgram } from './holding-program.js'
import type { Mailbox } from './mailbox.js'

const POLLIN = 1
const DYNPTR_MOST = 2 ** 24 - 1

export class Subject {
  readonly map: KernelMap
  readonly #holding: HoldingProgram
  readonly #acting: ActingProgram
  #ring: KernelRing
  #consumer: Consumer | undefined

  /** @throws RingbufError as the kernel refuses */
  constructor(size: number, flags: number, mailbox: Mailbox, gates: Gates) {
    this.map = createMap({ type: 'ringbuf', maxEntries: size, flags, name: 'conformance' })
    this.#holding = new HoldingProgram(this.map, mailbox, gates)
    this.#acting = new ActingProgram(this.map, mailbox)
    this.#ring = openKernelRing(this.map)
  }

  reserve(handle: number, size: number, flags: number): boolean {
    if (size <= DYNPTR_MOST) return this.#holding.reserve(handle, size, flags) === 0
    if (reserveConstant(this.map, size)) throw new Error(`${size} bytes were reserved, and are given back`)
    return false
  }

  write(handle: number, offset: number, bytes: Uint8Array): number {
    return this.#holding.write(handle, offset, bytes)
  }

  /** Answers whether it wakes. */
  commit(handle: number, how: 'submit' | 'discard', flags: number): boolean {
    this.#rung()
    this.#holding.commit(handle, how, flags)
    const wakes = this.#rung()
    this.#holding.end(handle)
    return wakes
  }

  output(bytes: Uint8Array, flags: number): { result: number; wakes: boolean } {
    this.#rung()
    return { result: this.#acting.output(bytes, flags), wakes: this.#rung() }
  }

  query(flag: number): bigint {
    return this.#acting.query(flag)
  }

  consume(most: number): Uint8Array[] {
    this.#consumer ??= this.#open()
    const records: Uint8Array[] = []
    this.#consumer.consume((record) => records.push(record), { max: most || Number.POSITIVE_INFINITY })
    return records
  }

  /** What poll(2) says. */
  get readable(): boolean {
    const item = { fd: this.map.fd, events: POLLIN, found: 0 }
    loadSystem().poll([item], 0)
    return (item.found & POLLIN) !== 0
  }

  position(name: string): number {
    return this.#ring.positions()[name as 'consumer' | 'producer' | 'pending']
  }

  header(position: number): { word: number; page: number } {
    const view = new DataView(this.#bytes.buffer, DATA_OFFSET + (position % this.#ring.size))
    return { word: view.getUint32(0, true), page: view.getUint32(4, true) }
  }

  data(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(DATA_OFFSET + offset, DATA_OFFSET + offset + length)
  }

  /** As another process would that has it mapped. */
  moveConsumer(position: number): void {
    this.#consumer?.close()
    this.#consumer = undefined
    Atomics.store(new BigInt64Array(this.#bytes.buffer), CONSUMER_POSITION >>> 3, BigInt(position))
  }

  close(): void {
    this.#holding.close()
    this.#acting.close()
    this.#consumer?.close()
    this.#ring.close()
    this.map.close()
  }

  /** A consumer that begins where the map says. */
  #open(): Consumer {
    this.#ring.close()
    this.#ring = openKernelRing(this.map)
    return openConsumer(this.#ring)
  }

  get #bytes(): Uint8Array {
    return attachmentOf(this.#ring).views.u8
  }

  #rung(): boolean {
    return attachmentOf(this.#ring).memory.rung?.() ?? false
  }
}
