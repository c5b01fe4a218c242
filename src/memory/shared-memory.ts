import { RingbufError } from '../abi/error.js'
import { formatBytes } from './size.js'
import { type WasmMemory, webAssembly } from './webassembly.js'

/** Memory that several threads may share, and that survives postMessage. */
export type SharedMemory = WasmMemory | SharedArrayBuffer

export const WASM_PAGE_BYTES = 65536

/**
 * Allocates zeroed shared memory of at least this size: memory of WebAssembly, so that the WebAssembly
 * build can work in it, else a SharedArrayBuffer. It never grows, so views of it never go stale.
 *
 * @throws RingbufError ERR_NO_SHARED_MEMORY
 */
export function allocateSharedMemory(bytes: number): SharedMemory {
  const pages = Math.ceil(bytes / WASM_PAGE_BYTES)
  try {
    const wasm = webAssembly()
    if (wasm) return new wasm.Memory({ initial: pages, maximum: pages, shared: true })
    return new SharedArrayBuffer(bytes)
  } catch (cause) {
    throw Object.assign(
      new RingbufError(
        'ERR_NO_SHARED_MEMORY',
        `no shared memory of ${formatBytes(bytes)} can be had: ${cause instanceof Error ? cause.message : cause}`,
        { bytes },
      ),
      { cause },
    )
  }
}

/** The buffer behind shared memory, or undefined if it is something else: recognised by shape, because
 * memory that came through postMessage may belong to another realm. */
export function sharedBuffer(memory: unknown): SharedArrayBuffer | undefined {
  if (isSharedBuffer(memory)) return memory
  if (typeof memory !== 'object' || memory === null) return undefined
  const { buffer } = memory as { buffer?: unknown }
  return isSharedBuffer(buffer) && !ArrayBuffer.isView(memory) ? buffer : undefined
}

function isSharedBuffer(value: unknown): value is SharedArrayBuffer {
  return Object.prototype.toString.call(value) === '[object SharedArrayBuffer]'
}
