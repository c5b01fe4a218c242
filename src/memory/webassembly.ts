/**
 * The part of WebAssembly that this package uses, declared here so that neither this package nor its
 * users need the types of a browser.
 */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
}

interface WasmInstance {
  readonly exports: object
}

export interface WasmImports {
  readonly memory: WasmMemory
  readonly ringBell: (place: number) => void
  readonly notify: (address: number, count: number) => void
}

export interface WasmApi {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: { env: WasmImports }) => WasmInstance
}

/** WebAssembly of this runtime, or undefined where there is none. */
export function webAssembly(): WasmApi | undefined {
  return (globalThis as { WebAssembly?: WasmApi }).WebAssembly
}
