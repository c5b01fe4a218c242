import type { AtomicCode } from '../insn.js'
import {
  ATOMIC,
  ATOMIC_FETCH,
  ATOMIC_LOAD_ACQUIRE,
  ATOMIC_STORE_RELEASE,
  CLASS_LD,
  CLASS_LDX,
  CLASS_ST,
  CLASS_STX,
  MODE_ABS,
  MODE_ATOMIC,
  MODE_IND,
  MODE_MEM,
  MODE_MEMSX,
  SIZE,
} from '../opcode.js'
import { type Format, format } from './format.js'

const SIZES = [1, 2, 4, 8] as const

/** Loads, stores, atomic operations and the historical packet loads (RFC 9669, sections 5.1 to 5.3, 5.5). */
export function memoryFormats(): Format[] {
  const formats: Format[] = []
  for (const size of SIZES) {
    const bits = SIZE[size]
    const load = { dst: 'writable', src: 'register', offset: 's16' } as const
    const store = { dst: 'register', src: 'register', offset: 's16' } as const
    formats.push(
      format(CLASS_LDX | MODE_MEM | bits, load, ({ dst, src: base, offset }) => ({
        kind: 'load',
        size,
        signed: false,
        dst,
        base,
        offset,
      })),
      format(
        CLASS_ST | MODE_MEM | bits,
        { dst: 'register', offset: 's16', imm: 's32' },
        ({ dst: base, offset, imm }) => ({ kind: 'store', size, base, offset, operand: { imm } }),
      ),
      format(CLASS_STX | MODE_MEM | bits, store, ({ dst: base, src: register, offset }) => ({
        kind: 'store',
        size,
        base,
        offset,
        operand: { register },
      })),
      format(
        CLASS_STX | MODE_ATOMIC | bits,
        { ...load, imm: ATOMIC_LOAD_ACQUIRE },
        ({ dst, src: base, offset }) => ({ kind: 'acquire', size, dst, base, offset }),
      ),
      format(
        CLASS_STX | MODE_ATOMIC | bits,
        { ...store, imm: ATOMIC_STORE_RELEASE },
        ({ dst: base, src, offset }) => ({ kind: 'release', size, base, offset, src }),
      ),
    )
    // A load of 8 bytes has no bits left to extend, and the packet loads never had that size.
    if (size === 8) continue
    formats.push(
      format(CLASS_LDX | MODE_MEMSX | bits, load, ({ dst, src: base, offset }) => ({
        kind: 'load',
        size,
        signed: true,
        dst,
        base,
        offset,
      })),
      format(CLASS_LD | MODE_ABS | bits, { imm: 's32' }, ({ imm: offset }) => ({
        kind: 'packet',
        size,
        index: null,
        offset,
      })),
      format(CLASS_LD | MODE_IND | bits, { src: 'register', imm: 's32' }, ({ src: index, imm: offset }) => ({
        kind: 'packet',
        size,
        index,
        offset,
      })),
    )
  }
  return [...formats, ...atomicFormats()]
}

function atomicFormats(): Format[] {
  const formats: Format[] = []
  for (const size of [4, 8] as const) {
    for (const [name, imm] of Object.entries(ATOMIC)) {
      const code = name as AtomicCode
      // Exchanges are of no use without the old value: the RFC has them with FETCH only.
      const exchanges = code === 'xchg' || code === 'cmpxchg'
      for (const fetch of exchanges ? [true] : [false, true]) {
        formats.push(
          format(
            CLASS_STX | MODE_ATOMIC | SIZE[size],
            {
              dst: 'register',
              // With FETCH the source register is written, but for cmpxchg, which answers in r0.
              src: fetch && code !== 'cmpxchg' ? 'writable' : 'register',
              offset: 's16',
              imm: fetch ? imm | ATOMIC_FETCH : imm,
            },
            ({ dst: base, src, offset }) => ({ kind: 'atomic', code, fetch, size, base, offset, src }),
          ),
        )
      }
    }
  }
  return formats
}
