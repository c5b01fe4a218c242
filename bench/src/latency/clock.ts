/**
 * A clock for latencies: it leaves nothing behind that a garbage collector would have to take away.
 *
 * performance.now() and process.hrtime.bigint() put each answer on the heap, and whoever measures every record asks
 * millions of times a second: the longest delays would then be the harness's own collections. process.hrtime() answers
 * with two integers, of which V8 makes no array once it has compiled the caller. One number out of both stays off the
 * heap as long as it is a 32-bit integer; so this clock wraps, every 4.3 seconds, and only differences mean anything.
 *
 * It is CLOCK_MONOTONIC: all threads, all processes and the C programs read the same one.
 */
import { hrtime } from 'node:process'

const NS_PER_SECOND = 1_000_000_000

/** Nanoseconds, modulo 2^32, as a signed 32-bit integer. */
export function nowNs(): number {
  const [seconds, nanoseconds] = hrtime()
  return (Math.imul(seconds, NS_PER_SECOND) + nanoseconds) | 0
}

/** From one moment to another that is less than two seconds away; negative when the other came first. */
export function nsBetween(from: number, to: number): number {
  return (to - from) | 0
}

/** The moment so many nanoseconds after another, however many. */
export function nsAfter(from: number, ns: number): number {
  return (from + ns) | 0
}
