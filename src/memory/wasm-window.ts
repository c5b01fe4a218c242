import { CLOSED_BIT, PRODUCER_POSITION } from '../abi/region.js'
import {
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  PROT_READ,
  PROT_WRITE,
} from '../system/constants.js'
import type { Descriptor } from '../system/descriptor.js'
import type { System } from '../system/system.js'
import { WASM_PAGE_BYTES } from './shared-memory.js'
import { type WasmMemory, webAssembly } from './webassembly.js'

/** A ring's file, seen through memory of WebAssembly. */
export interface WasmWindow {
  readonly memory: WasmMemory
  /** Shows an empty, closed ring from then on: whoever still works there gets nothing, and touches nobody's memory. */
  close(): void
}

/**
 * Maps a ring's file over memory of WebAssembly, its data twice as elsewhere, so that the WebAssembly build can work
 * there: it takes a quarter of the time of the JavaScript build, which has no compare-and-swap of 64 bits without BigInt.
 *
 *   memory of WebAssembly | head | data | data again | the rest of its last page |
 *                           `--------'    the file     `- the data of the file
 *
 * The runtime gave that memory room of its own and never looks into it; it frees the room as a whole, whatever is
 * mapped there. Undefined where there is no WebAssembly, or its memory cannot be had at an address of whole pages: the
 * JavaScript build does the same.
 */
export function openWindow(
  system: System,
  file: Descriptor,
  headBytes: number,
  dataBytes: number,
): WasmWindow | undefined {
  const once = headBytes + dataBytes
  const pages = Math.ceil((once + dataBytes) / WASM_PAGE_BYTES)
  const memory = allocate(pages)
  if (memory === undefined) return undefined
  const start = system.addressOf(new Uint8Array(memory.buffer))
  if (start % system.pageBytes !== 0) return undefined
  const close = () => {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
    const answer = system.mmap(start, pages * WASM_PAGE_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0)
    // Else it still is the file: the ring of others.
    if (answer >= 0) new Int32Array(memory.buffer)[PRODUCER_POSITION >>> 2] = CLOSED_BIT
  }
  const map = (at: number, bytes: number, offset: number) =>
    system.mmap(start + at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file.fd, offset) >= 0
  if (map(0, once, 0) && map(once, dataBytes, headBytes)) return { memory, close }
  close()
  return undefined
}

function allocate(pages: number): WasmMemory | undefined {
  const wasm = webAssembly()
  try {
    return wasm && new wasm.Memory({ initial: pages, maximum: pages, shared: true })
  } catch {
    // No room for it. That is no reason to be without the ring.
    return undefined
  }
}
