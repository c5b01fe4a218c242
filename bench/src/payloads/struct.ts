/**
 * The struct of the suite `payloads`. native/struct_ring.h has the same.
 *
 *    +0  u32     sequence
 *    +4  u32     pid
 *    +8  u64     timeNs
 *   +16  f64     value
 *   +24  u64     inode
 *   +32  u32     sizeBytes
 *   +36  i32     code
 *   +40  u8[16]  id
 */
export const STRUCT_BYTES = 56
export const PID = 4
export const TIME = 8
export const VALUE = 16
export const INODE = 24
export const SIZE = 32
export const CODE = 36
export const ID = 40
export const ID_BYTES = 16

/** The same as an object. */
export interface Struct {
  readonly sequence: number
  readonly pid: number
  readonly timeNs: bigint
  readonly value: number
  readonly inode: bigint
  readonly sizeBytes: number
  readonly code: number
  readonly id: Uint8Array
}

/* All fields follow from the number of the record, by arithmetic that costs little beside writing them. */

/** High words of the two fields of 64 bits; their low words are the number. */
export const TIME_HIGH = 0x1234
export const INODE_HIGH = 0x56
export const TIME_BASE = BigInt(TIME_HIGH) << 32n
export const INODE_BASE = BigInt(INODE_HIGH) << 32n

export const pidOf = (sequence: number) => 1000 + (sequence & 0xff)
export const valueFor = (sequence: number) => sequence * 0.5
export const sizeOf = (sequence: number) => sequence ^ 0x5555
export const codeOf = (sequence: number) => -1 - (sequence & 0xffff)
export const idByteOf = (sequence: number, index: number) => (sequence + index) & 0xff

export function mustBe(what: string, found: number | bigint, expected: number | bigint): void {
  if (found !== expected) throw new Error(`${what} ${found} came out, ${expected} went in`)
}

/** Checks everything but the two fields of 64 bits, which each reads in its own way. */
export function checkNumbers(
  sequence: number,
  pid: number,
  value: number,
  sizeBytes: number,
  code: number,
): void {
  mustBe('pid', pid, pidOf(sequence))
  mustBe('value', value, valueFor(sequence))
  mustBe('sizeBytes', sizeBytes, sizeOf(sequence))
  mustBe('code', code, codeOf(sequence))
}

export function checkId(bytes: Uint8Array, at: number, sequence: number): void {
  for (let i = 0; i < ID_BYTES; i++) mustBe('a byte of id', bytes[at + i] as number, idByteOf(sequence, i))
}

export function objectOf(sequence: number): Struct {
  return {
    sequence,
    pid: pidOf(sequence),
    timeNs: TIME_BASE + BigInt(sequence),
    value: valueFor(sequence),
    inode: INODE_BASE + BigInt(sequence),
    sizeBytes: sizeOf(sequence),
    code: codeOf(sequence),
    id: Uint8Array.from({ length: ID_BYTES }, (_, index) => idByteOf(sequence, index)),
  }
}

/** Checks every field of an object and answers its number. */
export function checkObject({ sequence, pid, timeNs, value, inode, sizeBytes, code, id }: Struct): number {
  checkNumbers(sequence, pid, value, sizeBytes, code)
  mustBe('timeNs', timeNs, TIME_BASE + BigInt(sequence))
  mustBe('inode', inode, INODE_BASE + BigInt(sequence))
  mustBe('length of id', id.length, ID_BYTES)
  checkId(id, 0, sequence)
  return sequence
}
