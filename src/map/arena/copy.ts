/** Bytes of a memory, in memory of their own. */
export function copyOf(memory: Uint8Array, at: number, bytes: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes)
  // A view of the source costs more than so many bytes one by one.
  if (bytes > LOOP_BYTES) copy.set(memory.subarray(at, at + bytes))
  else for (let i = 0; i < bytes; i++) copy[i] = memory[at + i] as number
  return copy
}

const LOOP_BYTES = 64
