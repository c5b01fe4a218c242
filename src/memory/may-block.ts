/** Whether this thread may block. */
import { RingbufError } from '../abi/error.js'

let blocking: boolean | undefined

/** Whether this thread may block: the main thread of a browser may not. */
export function mayBlock(): boolean {
  if (blocking === undefined) {
    try {
      // The word does not hold 1, so a thread that may wait returns at once.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
      blocking = true
    } catch {
      blocking = false
    }
  }
  return blocking
}

/** @throws RingbufError ERR_CANNOT_BLOCK, naming what may be called instead. */
export function assertMayBlock(instead: string): void {
  if (mayBlock()) return
  throw new RingbufError('ERR_CANNOT_BLOCK', `this thread may not block: use ${instead}`)
}
