import assert from 'node:assert/strict'
import type { CreateRingOptions } from 'bpf-ringbuf'
import { allocateSharedMemory, sharedBuffer } from '#dist/memory/shared-memory.js'
import { regionBytes } from '#dist/ring/region.js'
import type { Build } from '../ring/support/builds.js'

/** What stands beside a ring: nobody may write it, and nobody may be shown it. */
const CANARY = Buffer.from('no ring!')
/** Less than the smallest ring could grow by, so that no damaged size fits. */
const BEHIND_BYTES = 4096
const BEFORE_BYTES = 8192

/**
 * Memory with a ring in its midst and canaries on both sides. Rings between processes end with their mapping: there
 * is nothing beside them but what the system guards.
 */
export class Arena {
  /** What makes a ring lie here. */
  readonly options: Partial<CreateRingOptions>
  readonly #sides: readonly { readonly bytes: Uint8Array; readonly canaries: Uint8Array }[]

  constructor({ engine, where }: Build, size: number) {
    if (where !== undefined) {
      this.options = {}
      this.#sides = []
      return
    }
    const bytes = BEFORE_BYTES + regionBytes(size) + BEHIND_BYTES
    const memory = engine === 'wasm' ? allocateSharedMemory(bytes) : new SharedArrayBuffer(bytes)
    const buffer = sharedBuffer(memory) as SharedArrayBuffer
    const end = buffer.byteLength - BEHIND_BYTES
    const address = end - regionBytes(size)
    this.options = { memory, address }
    this.#sides = [new Uint8Array(buffer, 0, address), new Uint8Array(buffer, end)].map((bytes) => {
      const canaries = Buffer.alloc(bytes.length, CANARY)
      bytes.set(canaries)
      return { bytes, canaries }
    })
  }

  mustBeUntouched(): void {
    for (const { bytes, canaries } of this.#sides) {
      if (Buffer.compare(bytes, canaries) === 0) continue
      const at = canaries.findIndex((byte, i) => byte !== bytes[i])
      assert.fail(`byte ${bytes.byteOffset + at}, beside the ring, was written`)
    }
  }
}

/** Of bytes that were handed out. */
export function mustShowNoCanary(bytes: Uint8Array): void {
  assert.equal(Buffer.from(bytes).indexOf(CANARY), -1, 'bytes were handed out that lie beside the ring')
}
