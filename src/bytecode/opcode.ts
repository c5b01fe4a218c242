/**
 * The first byte of an instruction (RFC 9669, sections 3.3, 4 and 5).
 *
 *       7          4   3   2        0           7      5  4   3  2        0
 *     +--------------+---+-----------+        +---------+------+-----------+
 *     |     code     | s |   class   |        |  mode   | size |   class   |
 *     +--------------+---+-----------+        +---------+------+-----------+
 *        arithmetic (4, 7), jumps (5, 6)        loads and stores (0 to 3)
 *
 * s  SOURCE_VALUE: the second operand is the immediate. SOURCE_REGISTER: it is the source register.
 */
export const CLASS_LD = 0
export const CLASS_LDX = 1
export const CLASS_ST = 2
export const CLASS_STX = 3
export const CLASS_ALU = 4
export const CLASS_JMP = 5
export const CLASS_JMP32 = 6
export const CLASS_ALU64 = 7

export const SOURCE_VALUE = 0x00
export const SOURCE_REGISTER = 0x08

export const MODE_IMM = 0x00
export const MODE_ABS = 0x20
export const MODE_IND = 0x40
export const MODE_MEM = 0x60
export const MODE_MEMSX = 0x80
export const MODE_ATOMIC = 0xc0

/** The size field, by bytes (RFC 9669, section 5). */
export const SIZE = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const

/**
 * Arithmetic (RFC 9669, section 4.1): the code as it stands in the opcode, what the offset field tells
 * apart, and how it is written. Signed division and modulo share the code of the unsigned ones.
 */
export const ARITHMETIC = {
  add: { code: 0x00, offset: 0, symbol: '+=' },
  sub: { code: 0x10, offset: 0, symbol: '-=' },
  mul: { code: 0x20, offset: 0, symbol: '*=' },
  div: { code: 0x30, offset: 0, symbol: '/=' },
  sdiv: { code: 0x30, offset: 1, symbol: 's/=' },
  or: { code: 0x40, offset: 0, symbol: '|=' },
  and: { code: 0x50, offset: 0, symbol: '&=' },
  lsh: { code: 0x60, offset: 0, symbol: '<<=' },
  rsh: { code: 0x70, offset: 0, symbol: '>>=' },
  mod: { code: 0x90, offset: 0, symbol: '%=' },
  smod: { code: 0x90, offset: 1, symbol: 's%=' },
  xor: { code: 0xa0, offset: 0, symbol: '^=' },
  mov: { code: 0xb0, offset: 0, symbol: '=' },
  arsh: { code: 0xc0, offset: 0, symbol: 's>>=' },
} as const

export const CODE_NEGATE = 0x80
export const CODE_SWAP = 0xd0

/** Jumps under a condition (RFC 9669, section 4.3), by how it is written. `&`: a common bit is set. */
export const CONDITIONS = {
  '==': 0x10,
  '>': 0x20,
  '>=': 0x30,
  '&': 0x40,
  '!=': 0x50,
  's>': 0x60,
  's>=': 0x70,
  '<': 0xa0,
  '<=': 0xb0,
  's<': 0xc0,
  's<=': 0xd0,
} as const

export const CODE_GOTO = 0x00
export const CODE_CALL = 0x80
export const CODE_EXIT = 0x90
/** Linux, not in the RFC: a jump that the kernel takes when a program has looped for too long. */
export const CODE_MAY_GOTO = 0xe0

/** The immediate of an atomic operation (RFC 9669, section 5.3). */
export const ATOMIC = { add: 0x00, or: 0x40, and: 0x50, xor: 0xa0, xchg: 0xe0, cmpxchg: 0xf0 } as const
/** Added to it: the source register, or for cmpxchg r0, receives what was there before. */
export const ATOMIC_FETCH = 0x01
/** Linux 6.15, not in the RFC; the only atomic operations for one and two bytes. */
export const ATOMIC_LOAD_ACQUIRE = 0x100
export const ATOMIC_STORE_RELEASE = 0x110

/** The source field of a wide load says what its immediates are (RFC 9669, section 5.4). */
export const WIDE_CONSTANT = 0
export const WIDE_MAP_FD = 1
export const WIDE_MAP_VALUE_FD = 2
export const WIDE_VARIABLE = 3
export const WIDE_FUNCTION = 4
export const WIDE_MAP_INDEX = 5
export const WIDE_MAP_VALUE_INDEX = 6

/** The source field of a call says what is called (RFC 9669, section 4.3). */
export const CALL_HELPER = 0
export const CALL_LOCAL = 1
export const CALL_KERNEL = 2
