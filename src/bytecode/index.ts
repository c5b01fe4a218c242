/** BPF instructions: as bytes, as data and as text, and a builder that writes programs without a compiler. */

export { type MapReference, ProgramBuilder } from './builder.js'
export { decode } from './decode.js'
export { disassemble } from './disassemble.js'
export { encode } from './encode.js'
export { HELPERS, type HelperName } from './helpers.js'
export type { Instruction } from './insn.js'
export { type Place, s8, s16, s32, type Unsigned, u8, u16, u32, u64 } from './place.js'
export { type Label, link, type Program, type Relocation } from './program.js'
export * from './register.js'
