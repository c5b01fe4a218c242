/** Maps whose keys and values are numbers, or structures of them, instead of bytes. */
import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import type { BpfMap, UpdateMode } from './bpf-map.js'
import { isPerCpu } from './map-type.js'
import { lookupPerCpu } from './per-cpu.js'
import { mapText } from './refusal.js'

/** A whole number of C, little endian as on every machine that is supported: 8 to 64 bits. */
export type NumberType = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64'

/** A number, or a structure of numbers, its fields in their order, aligned as a C compiler does. */
export type Layout = NumberType | { readonly [field: string]: NumberType }

type NumberOf<T extends NumberType> = T extends 'u64' | 'i64' ? bigint : number

/** What a layout is in JavaScript: 64 bits are a bigint, fewer are a number. */
export type ValueOf<L extends Layout> = L extends NumberType
  ? NumberOf<L>
  : { [F in keyof L]: L[F] extends NumberType ? NumberOf<L[F]> : never }

/** Bytes of each type, and whether it has a sign. */
const NUMBERS: Readonly<Record<NumberType, readonly [bytes: 1 | 2 | 4 | 8, signed: boolean]>> = {
  u8: [1, false],
  u16: [2, false],
  u32: [4, false],
  u64: [8, false],
  i8: [1, true],
  i16: [2, true],
  i32: [4, true],
  i64: [8, true],
}

interface Field {
  /** Empty: the layout is this one number. */
  readonly name: string
  readonly type: NumberType
  /** Bytes from the start. */
  readonly offset: number
}

/**
 * A map by the types of its keys and values. It owns nothing: the map is closed by its owner.
 * Errors are those of `BpfMap`, and ERR_INVALID_ARGUMENT for numbers that a type does not hold.
 */
export class TypedMap<K extends Layout, V extends Layout> {
  readonly map: BpfMap
  readonly #key: readonly Field[]
  readonly #value: readonly Field[]

  /** @internal */
  constructor(map: BpfMap, key: K, value: V) {
    this.map = map
    this.#key = fieldsOf(map, 'key', key, map.info.keySize)
    this.#value = fieldsOf(map, 'value', value, map.info.valueSize)
  }

  /** The value of a key, or undefined if there is none. Of a per-CPU map use `perCpu`. */
  get(key: ValueOf<K>): ValueOf<V> | undefined {
    this.#mustBeSingle()
    const bytes = this.map.lookup(this.#keyBytes(key))
    return bytes && this.#toValue(bytes)
  }

  /** The values of a key in a per-CPU map, one for each possible processor; undefined if there is none. */
  perCpu(key: ValueOf<K>): ValueOf<V>[] | undefined {
    return lookupPerCpu(this.map, this.#keyBytes(key))?.map((bytes) => this.#toValue(bytes))
  }

  /** Sets the value of a key. Answers false if `mode` forbids it, as `BpfMap.update`. */
  set(key: ValueOf<K>, value: ValueOf<V>, mode: UpdateMode = 'any'): boolean {
    this.#mustBeSingle()
    const bytes = encode(this.#value, value, this.map.info.valueSize)
    return this.map.update(this.#keyBytes(key), bytes, mode)
  }

  /** Takes a key out. Answers whether it was there. */
  delete(key: ValueOf<K>): boolean {
    return this.map.delete(this.#keyBytes(key))
  }

  /** As `BpfMap.keys`. */
  *keys(): Generator<ValueOf<K>, void, void> {
    for (const key of this.map.keys()) yield decode(this.#key, key) as ValueOf<K>
  }

  /** As `BpfMap.entries`. Not of a per-CPU map. */
  *entries(): Generator<[key: ValueOf<K>, value: ValueOf<V>], void, void> {
    this.#mustBeSingle()
    for (const [key, value] of this.map.entries()) {
      yield [decode(this.#key, key) as ValueOf<K>, this.#toValue(value)]
    }
  }

  [Symbol.iterator](): Generator<[ValueOf<K>, ValueOf<V>], void, void> {
    return this.entries()
  }

  #keyBytes(key: ValueOf<K>): Uint8Array {
    return encode(this.#key, key, this.map.info.keySize)
  }

  #toValue(bytes: Uint8Array): ValueOf<V> {
    return decode(this.#value, bytes) as ValueOf<V>
  }

  #mustBeSingle(): void {
    const { info } = this.map
    if (!isPerCpu(info.type)) return
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${mapText(info)} has a value for each processor: read it by perCpu, write it by map.update`,
      { value: info.type },
    )
  }
}

/**
 * Looks at a map by types: `typedMap(map, { key: 'u32', value: { packets: 'u64', errors: 'u32' } })`.
 *
 * @throws RingbufError ERR_INVALID_ARGUMENT when a layout is not as long as the map's key or value
 */
export function typedMap<const K extends Layout, const V extends Layout>(
  map: BpfMap,
  layouts: { readonly key: K; readonly value: V },
): TypedMap<K, V> {
  if (typeof map?.info?.keySize !== 'number') {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `${String(map)} is no map`, { value: String(map) })
  }
  checkOptions('layouts', layouts)
  return new TypedMap(map, layouts.key, layouts.value)
}

function fieldsOf(map: BpfMap, which: string, layout: Layout, wanted: number): readonly Field[] {
  if (typeof layout !== 'string') checkOptions(which, layout)
  const fields: Field[] = []
  const members = typeof layout === 'string' ? [['', layout] as const] : Object.entries(layout)
  let [end, widest] = [0, 1]
  for (const [name, type] of members) {
    if (!Object.hasOwn(NUMBERS, type)) {
      const known = Object.keys(NUMBERS).join(', ')
      throw new RingbufError('ERR_INVALID_ARGUMENT', `${which} type '${String(type)}' is none of ${known}`, {
        value: String(type),
      })
    }
    const [bytes] = NUMBERS[type]
    const offset = Math.ceil(end / bytes) * bytes
    fields.push({ name, type, offset })
    end = offset + bytes
    widest = Math.max(widest, bytes)
  }
  const size = Math.ceil(end / widest) * widest
  if (size === wanted) return fields
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${mapText(map.info)}: a ${which} takes ${wanted} bytes, and this layout has ${size}`,
    { value: size, limit: wanted },
  )
}

/** Between fields are zeros: the kernel compares keys byte by byte. */
function encode(fields: readonly Field[], value: unknown, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  const data = new DataView(bytes.buffer)
  for (const { name, type, offset } of fields) {
    const number = name === '' ? value : (value as Record<string, unknown> | null | undefined)?.[name]
    write(data, offset, type, checkRange(type, name, number))
  }
  return bytes
}

function checkRange(type: NumberType, name: string, value: unknown): bigint {
  const [bytes, signed] = NUMBERS[type]
  const bits = BigInt(bytes * 8)
  const [least, most] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n]
  const isWhole = bytes === 8 ? typeof value === 'bigint' : Number.isInteger(value)
  if (isWhole) {
    const number = BigInt(value as number | bigint)
    if (number >= least && number <= most) return number
  }
  const kind = bytes === 8 ? 'bigint' : 'whole number'
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${name || 'number'} ${String(value)} must be a ${kind} from ${least} to ${most} (${type})`,
    { value: String(value), limit: String(most) },
  )
}

function write(data: DataView, at: number, type: NumberType, value: bigint): void {
  const [bytes] = NUMBERS[type]
  if (bytes === 8) data.setBigUint64(at, BigInt.asUintN(64, value), true)
  else if (bytes === 4) data.setUint32(at, Number(value), true)
  else if (bytes === 2) data.setUint16(at, Number(value), true)
  else data.setUint8(at, Number(value))
}

function decode(fields: readonly Field[], bytes: Uint8Array): unknown {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first] = fields
  if (first?.name === '') return read(data, first)
  return Object.fromEntries(fields.map((field) => [field.name, read(data, field)]))
}

function read(data: DataView, { type, offset }: Field): number | bigint {
  const [bytes, signed] = NUMBERS[type]
  if (bytes === 8) return signed ? data.getBigInt64(offset, true) : data.getBigUint64(offset, true)
  if (bytes === 4) return signed ? data.getInt32(offset, true) : data.getUint32(offset, true)
  if (bytes === 2) return signed ? data.getInt16(offset, true) : data.getUint16(offset, true)
  return signed ? data.getInt8(offset) : data.getUint8(offset)
}
