/**
 * What producers say of themselves, outside of the ring: each life writes into words of its own how far it came.
 * They are in a file that all map, so what a process has stored stays when it is killed.
 *
 *   life 0          life 1
 *   +-------+------+-------+------+---
 *   | begun | sent | begun | sent |          u32 each, a number of that life, plus 1; 0: none
 *   +-------+------+-------+------+---
 */
import {
  createMappedMemory,
  type MappedMemory,
  openMappedMemory,
  unlinkMapped,
} from '#dist/memory/mapped-memory.js'

const BEGUN = 0
const SENT = 1
const PAGE = 4096
/** What a page of ledger has room for. */
const LIVES_PER_PAGE = PAGE / 8

export class Ledger {
  readonly #name: string
  readonly #memory: MappedMemory
  readonly #words: Uint32Array

  private constructor(name: string, memory: MappedMemory) {
    this.#name = name
    this.#memory = memory
    this.#words = new Uint32Array(memory.buffer, PAGE, memory.dataBytes / 4)
  }

  /** A new one, for so many lives. */
  static create(name: string, lives: number): Ledger {
    const dataBytes = Math.ceil(lives / LIVES_PER_PAGE) * PAGE
    const path = Ledger.#path(name)
    const memory = createMappedMemory({ name, headBytes: PAGE, dataBytes, path })
    memory.publish(path)
    return new Ledger(name, memory)
  }

  static open(name: string): Ledger {
    return new Ledger(name, openMappedMemory(Ledger.#path(name), { headBytes: PAGE, access: 'all' }))
  }

  static #path(name: string): string {
    return `/dev/shm/${name}-ledger`
  }

  /** Before a record is handed to the ring. */
  begin(life: number, number: number): void {
    Atomics.store(this.#words, 2 * life + BEGUN, number + 1)
  }

  /** After the ring has answered that it took it. */
  sent(life: number, number: number): void {
    Atomics.store(this.#words, 2 * life + SENT, number + 1)
  }

  /** The last number that a life was about to send, -1 for none, and the last of which it knows that it was sent. */
  of(life: number): { readonly begun: number; readonly sent: number } {
    const at = (word: number) => Atomics.load(this.#words, 2 * life + word) - 1
    return { begun: at(BEGUN), sent: at(SENT) }
  }

  /** Takes it away. */
  unlink(): void {
    unlinkMapped(Ledger.#path(this.#name))
    this.#memory.close()
  }
}
