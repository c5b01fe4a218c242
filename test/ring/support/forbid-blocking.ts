/** From now on this thread may not block, as a browser's main thread may not, nor that of an AudioWorklet. */
export function forbidBlocking(): void {
  Atomics.wait = () => {
    throw new TypeError('Atomics.wait cannot be called in this context')
  }
}
