/**
 * What every record is, whoever carries it: doubles.
 *
 *        +----------------------------------------+
 *    +0  | sequence of its producer, from 0       |
 *    +8  | when it was sent, ms of clock.ts       |
 *   +16  | producer, from 0                       |
 *   +24  | filling                                |  to the end, but for the last 8 bytes
 *        +----------------------------------------+
 *        | sequence again                         |  a torn record is not taken for a whole one
 *        +----------------------------------------+
 */
export const SEQUENCE = 0
export const SENT = 1
export const PRODUCER = 2

export const DOUBLE_BYTES = Float64Array.BYTES_PER_ELEMENT
/** A record is the four doubles that every one has, or more. */
export const SMALLEST_BYTES = 4 * DOUBLE_BYTES

const FILLING = 0.5

/** The record that a producer fills again and again. */
export function newRecord(bytes: number, producer: number): Float64Array<ArrayBuffer> {
  const record = new Float64Array(bytes / DOUBLE_BYTES).fill(FILLING)
  record[PRODUCER] = producer
  return record
}
