/**
 * Blocking in slices. While a thread is inside a system call nothing can end it: terminating a worker took
 * 2.9 seconds of a poll of three. Between two slices the runtime gets its turn, and ends it.
 */

/** The longest that a call blocks at once. */
export const SLICE_MS = 100

/** How long something may take: milliseconds from now, or a moment on the clock of `performance.now()`. */
export type Limit = number | { readonly untilMs: number }

/**
 * Tries until there is an answer or the time is over, at least once.
 *
 * @param attempt may block for so many milliseconds, 0 to SLICE_MS; answers undefined if nothing came of it
 * @returns the answer, or `over` when the time is
 */
export function inSlices(limit: Limit, attempt: (ms: number) => number | undefined, over: number): number {
  const untilMs = typeof limit === 'number' ? performance.now() + limit : limit.untilMs
  for (;;) {
    const leftMs = Math.max(untilMs - performance.now(), 0)
    const answer = attempt(Math.min(leftMs, SLICE_MS))
    if (answer !== undefined) return answer
    // Not a comparison that a limit of NaN would make endless.
    if (!(performance.now() < untilMs)) return over
  }
}
