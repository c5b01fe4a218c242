/**
 * Spoils runs on purpose, to see that their checks notice: BENCH_FAULT in the environment says how.
 *
 *   drop     every producer leaves out one of its numbers, as if that record had been lost
 *   repeat   gives one number twice
 *   swap     gives two in the wrong order
 *   length   the consumer expects records of another length
 *
 * Every contestant must then fail, in every case of the suites `core` and `peers` (test/bench/faults.test.ts). The C
 * programs read the same variable (native/hand_off.h).
 */

const FAULT = process.env['BENCH_FAULT'] ?? 'none'

/** The record that is concerned: late enough for everything to be on its way. */
const AT = 1000
/** Numbers of one producer: see sequence.ts. */
const ORDINAL_MASK = (1 << 28) - 1

const RENUMBER: Readonly<Record<string, (number: number) => number>> = {
  drop: (number) => (ordinal(number) >= AT ? number + 1 : number),
  repeat: (number) => (ordinal(number) > AT ? number - 1 : number),
  swap: (number) => number + (ordinal(number) === AT ? 1 : ordinal(number) === AT + 1 ? -1 : 0),
}

function ordinal(number: number): number {
  return number & ORDINAL_MASK
}

/** The number that the record gets instead of its own: its own, if nothing is to be spoilt. */
export const spoiltNumber: (number: number) => number = RENUMBER[FAULT] ?? ((number) => number)

/** The case whose records the consumer is told to expect: those of one producer are there in every size. */
export function spoiltCase(caseName: string): string {
  if (FAULT !== 'length') return caseName
  return caseName.replace(/-\d+p1c-(\d+)B/, (_, bytes) => `-1p1c-${bytes === '1024' ? 4096 : 1024}B`)
}

/** The bytes of each record that a sender is told to send. */
export function spoiltBytes(bytes: number): number {
  return FAULT === 'length' ? bytes + 8 : bytes
}
