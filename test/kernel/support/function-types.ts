/**
 * The least BTF that the kernel wants of a program that hands a function of its own to a helper: that it is
 * made of functions, by their names. All of them take pointers and answer an int.
 */
import type { Program } from '#dist/bytecode/program.js'
import { Attributes, bpf } from '#dist/kernel/bpf.js'
import { Descriptor } from '#dist/system/descriptor.js'
import type { System } from '#dist/system/system.js'

const [INT, PTR, FUNC, FUNC_PROTO] = [1, 2, 12, 13].map((kind) => kind * 2 ** 24) as [
  number,
  number,
  number,
  number,
]

export interface FunctionTypes {
  readonly btf: Descriptor
  /** Records of two words: the instruction a function begins at, and its type. */
  readonly functions: Uint8Array<ArrayBuffer>
}

/** Loads it. `main` is the program's first function. */
export function loadFunctionTypes(system: System, program: Program): FunctionTypes {
  const functions = [
    { name: 'main', slot: 0 },
    ...program.labels.filter(({ subprogram }) => subprogram).map(({ name, slot }) => ({ name, slot })),
  ]
  let strings = '\0int\0a\0b\0'
  const types = [
    // 1: int; 2: void *; 3: int (void *a, void *b), whose arguments must have names
    [1, INT, 4, 2 ** 24 + 32],
    [0, PTR, 0],
    [0, FUNC_PROTO + 2, 1, 5, 2, 7, 2],
  ]
  for (const { name } of functions) {
    types.push([strings.length, FUNC, 3])
    strings += `${name}\0`
  }
  const words = types.flat()
  const bytes = new Uint8Array(24 + words.length * 4 + strings.length)
  const data = new DataView(bytes.buffer)
  const write = (at: number, value: number) => data.setUint32(at, value, true)
  write(0, 0xeb9f + 2 ** 16)
  ;[24, 0, words.length * 4, words.length * 4, strings.length].forEach((word, i) => {
    write(4 + 4 * i, word)
  })
  words.forEach((word, i) => {
    write(24 + 4 * i, word)
  })
  bytes.set(new TextEncoder().encode(strings), 24 + words.length * 4)
  const attributes = new Attributes(system, 28).pointer(0, bytes).u32(16, bytes.length)
  const btf = new Descriptor(system, bpf(system, 'BPF_BTF_LOAD', attributes, 'functions'), 'btf')
  const info = new Uint32Array(functions.flatMap(({ slot }, i) => [slot, 4 + i]))
  return { btf, functions: new Uint8Array(info.buffer) }
}
