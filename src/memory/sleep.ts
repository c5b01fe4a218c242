/** Sleeping on a word of shared memory, in any thread of any runtime. */

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

/** How long a runtime without Atomics.waitAsync sleeps between two looks. */
const POLL_MS = 2

/**
 * Sleeps without blocking the thread, while the word holds `value` and nobody notifies it. It may return
 * early for no reason, so callers look again.
 *
 * The process stays alive meanwhile: Atomics.waitAsync never sees to that, in any runtime; a timer does.
 */
export async function sleepAsync(
  words: Int32Array,
  index: number,
  value: number,
  timeoutMs: number,
): Promise<void> {
  if (typeof Atomics.waitAsync !== 'function') {
    await new Promise((resolve) => setTimeout(resolve, Math.min(timeoutMs, POLL_MS)))
    return
  }
  const wait = Atomics.waitAsync(words as Int32Array<SharedArrayBuffer>, index, value, timeoutMs)
  if (!wait.async) return
  const alive = setInterval(() => {}, 0x7fff_ffff)
  try {
    await wait.value
  } finally {
    clearInterval(alive)
  }
}
