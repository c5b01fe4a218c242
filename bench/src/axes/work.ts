/**
 * Simulated work on a record: its payload is read through, as often as takes so many nanoseconds on this machine.
 *
 * Clocks are too coarse for work of 50 ns, so how long a reading takes is measured beforehand.
 */

export type Work = (words: Int32Array, at: number) => void

const CALIBRATIONS = 3
const CALIBRATION_ROUNDS = 2_000_000

/** Keeps what was read from being optimised away. */
let sink = 0

export function workOf(ns: number, bytes: number): Work {
  if (ns === 0) return () => {}
  const rounds = Math.round(ns / nsOfReading(bytes))
  return (words, at) => read(words, at, bytes, rounds)
}

function nsOfReading(bytes: number): number {
  const words = new Int32Array(new SharedArrayBuffer(bytes))
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < CALIBRATIONS; i++) {
    const before = performance.now()
    read(words, 0, bytes, CALIBRATION_ROUNDS)
    least = Math.min(least, ((performance.now() - before) * 1e6) / CALIBRATION_ROUNDS)
  }
  return least
}

/** Each step needs the one before it, so no reading can be left out. */
function read(words: Int32Array, at: number, bytes: number, rounds: number): void {
  const end = at + bytes / 4
  let sum = sink
  for (let round = 0; round < rounds; round++) {
    for (let i = at; i < end; i++) sum = ((sum ^ (words[i] as number)) + round) | 0
  }
  sink = sum
}
