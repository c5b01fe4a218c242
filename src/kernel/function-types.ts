/**
 * The least BTF that the kernel wants of a program that hands a function of its own to a helper
 * (bpf_user_ringbuf_drain): that it is made of functions, by their names. All of them take two pointers and
 * answer an int.
 *
 *   header, 24 bytes | types, in words | strings, each with a zero at its end
 */
import type { Program } from '../bytecode/program.js'
import { Descriptor } from '../system/descriptor.js'
import type { System } from '../system/system.js'
import { Attributes, bpf } from './bpf.js'

export interface FunctionTypes {
  readonly btf: Descriptor
  /** A pair of words for each: the slot that a function begins at, and its type. */
  readonly functions: Uint8Array<ArrayBuffer>
}

const MAGIC_AND_VERSION = 0xeb9f + 2 ** 16
const HEADER_BYTES = 24
/** Kinds of types, in the highest byte of a type's second word; behind it how many members. */
const INT = 1 * 2 ** 24
const PTR = 2 * 2 ** 24
const FUNC = 12 * 2 ** 24
const FUNC_PROTO = 13 * 2 ** 24
const SIGNED_32_BITS = 2 ** 24 + 32
/** Type of the first function; those before it are below. */
const FIRST_FUNCTION = 4

/** Undefined when the program is one function, of which nothing need be said. */
export function loadFunctionTypes(system: System, program: Program): FunctionTypes | undefined {
  const subprograms = program.labels.filter(({ subprogram }) => subprogram)
  if (subprograms.length === 0) return undefined
  const functions = [{ name: 'main', slot: 0 }, ...subprograms]
  let strings = '\0int\0a\0b\0'
  const types = [
    // Type 1: int. Type 2: void *. Type 3: int (void *a, void *b); arguments must have names.
    [strings.indexOf('int'), INT, 4, SIGNED_32_BITS],
    [0, PTR, 0],
    [0, FUNC_PROTO + 2, 1, strings.indexOf('a'), 2, strings.indexOf('b'), 2],
  ]
  for (const { name } of functions) {
    types.push([strings.length, FUNC, 3])
    strings += `${name.replace(/\W/g, '_')}\0`
  }
  const words = types.flat()
  const typesBytes = words.length * 4
  const header = [MAGIC_AND_VERSION, HEADER_BYTES, 0, typesBytes, typesBytes, strings.length]
  const bytes = new Uint8Array(HEADER_BYTES + typesBytes + strings.length)
  const data = new DataView(bytes.buffer)
  for (const [i, word] of [...header, ...words].entries()) data.setUint32(4 * i, word, true)
  bytes.set(new TextEncoder().encode(strings), HEADER_BYTES + typesBytes)
  const attributes = new Attributes(system, 28).pointer(0, bytes).u32(16, bytes.length)
  const btf = new Descriptor(system, bpf(system, 'BPF_BTF_LOAD', attributes, 'types of functions'), 'btf')
  const pairs = functions.flatMap(({ slot }, i) => [slot, FIRST_FUNCTION + i])
  return { btf, functions: new Uint8Array(new Uint32Array(pairs).buffer) }
}
