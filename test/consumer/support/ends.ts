import assert from 'node:assert/strict'
import { setImmediate, setTimeout } from 'node:timers/promises'

/** So long that whoever ends after it was not woken, but ran out of time. */
export const LONG_MS = 60_000
/** So long that whoever waits has fallen asleep, and that whoever is woken has woken up. */
export const ASLEEP_MS = 8
/** Who is still waiting then was not woken. */
const HOPELESS_MS = 3000

/** What the promise is fulfilled with. Fails, instead of hanging, when nothing ends it. */
export async function mustEnd<T>(promise: Promise<T>, what = 'the wait'): Promise<T> {
  const watch = new AbortController()
  const hopeless = setTimeout(HOPELESS_MS, 'hopeless' as const, { signal: watch.signal })
  // The other one may end first, and then is not looked at.
  hopeless.catch(() => {})
  try {
    const first = await Promise.race([promise.then((value) => ({ value })), hopeless])
    if (first === 'hopeless') assert.fail(`nothing ended ${what}`)
    return first.value
  } finally {
    watch.abort()
  }
}

/** The promise must not be settled, though it has had the time. */
export async function mustGoOn(promise: Promise<unknown>, ms = ASLEEP_MS): Promise<void> {
  let settled = false
  const note = () => {
    settled = true
  }
  promise.then(note, note)
  await pause(ms)
  assert.equal(settled, false, 'it ended early')
}

export async function pause(ms: number): Promise<void> {
  await setTimeout(ms)
}

/** Lets the event loop turn. */
export async function turn(): Promise<void> {
  await setImmediate()
}

/** How many times the event loop turned while the promise was pending. */
export async function turnsDuring(promise: Promise<unknown>): Promise<number> {
  let turns = 0
  const timer = setInterval(() => turns++, 1)
  try {
    await promise
    return turns
  } finally {
    clearInterval(timer)
  }
}
