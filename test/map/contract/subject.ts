/** Who is held to the contract of maps, and what the tests of it say the same thing with. */
import { type BpfMap, type MapSpec, type MapSpecInput, mapSpec, type SpecType } from 'bpf-ringbuf/map'

/** An implementation of maps. */
export interface Subject {
  readonly name: string
  /** So many values has each key of a per-CPU map. */
  readonly processors: number
  /** Types that it has no maps of. */
  readonly lacks?: readonly SpecType[]
  create(spec: MapSpec): BpfMap
}

export function has(subject: Subject, type: SpecType): boolean {
  return !subject.lacks?.includes(type)
}

/** A map as it is described. */
export function made(subject: Subject, input: MapSpecInput): BpfMap {
  return subject.create(mapSpec(input))
}

export function u32(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array(values).buffer)
}

export function u64(...values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new BigUint64Array(values.map(BigInt)).buffer)
}

/** The number that a key or a value of four bytes or more begins with. */
export function numberOf(bytes: Uint8Array | undefined): number {
  if (!bytes) throw new Error('there are no bytes')
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
}

export function numbersOf(all: Iterable<Uint8Array>): number[] {
  return [...all].map(numberOf).sort((a, b) => a - b)
}

/** How an operation was refused, as `assert.throws` wants it. */
export function refused(errno: string, message?: RegExp): object {
  return {
    code: 'ERR_MAP_OPERATION',
    message: message ?? new RegExp(`: ${errno}\\b`),
  }
}
