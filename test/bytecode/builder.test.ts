/** Programs that are written by hand: what is built is what was asked for. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { decode } from '#dist/bytecode/decode.js'
import { disassemble, textOf } from '#dist/bytecode/disassemble.js'
import { s8, s16, s32, u8, u16, u32, u64 } from '#dist/bytecode/place.js'
import { r0, r1, r2, r3, r6, r10, w1, w2 } from '#dist/bytecode/register.js'
import { refusal } from './support/bytes.js'

type Step = (program: ProgramBuilder) => ProgramBuilder

/** The text of what one step adds. */
function textFor(step: Step): string {
  const { bytes } = step(new ProgramBuilder()).build()
  return decode(bytes)
    .map(({ instruction }) => textOf(instruction))
    .join('; ')
}

describe('every method adds the instruction that it says', () => {
  const cases: [text: string, step: Step][] = [
    ['r1 += 8', (p) => p.add(r1, 8)],
    ['w1 += -8', (p) => p.add(w1, -8)],
    ['r1 -= r2', (p) => p.sub(r1, r2)],
    ['w1 *= w2', (p) => p.mul(w1, w2)],
    ['r1 /= 3', (p) => p.div(r1, 3)],
    ['r1 s/= 3', (p) => p.sdiv(r1, 3)],
    ['r1 %= r10', (p) => p.mod(r1, r10)],
    ['w1 s%= w2', (p) => p.smod(w1, w2)],
    ['r1 &= 255', (p) => p.and(r1, 255)],
    ['r1 |= r2', (p) => p.or(r1, r2)],
    ['w1 ^= -1', (p) => p.xor(w1, 0xffff_ffff)],
    ['r1 <<= 32', (p) => p.lsh(r1, 32)],
    ['r1 >>= r2', (p) => p.rsh(r1, r2)],
    ['w1 s>>= 1', (p) => p.arsh(w1, 1)],
    ['r1 = r10', (p) => p.mov(r1, r10)],
    ['w1 = 7', (p) => p.mov(w1, 7)],
    ['r1 = -r1', (p) => p.neg(r1)],
    ['w2 = -w2', (p) => p.neg(w2)],
    ['r1 = (s32)r2', (p) => p.movsx(r1, r2, 32)],
    ['w1 = (s8)w2', (p) => p.movsx(w1, w2, 8)],
    ['r1 = le16 r1', (p) => p.swap(r1, 'le', 16)],
    ['r1 = be64 r1', (p) => p.swap(r1, 'be', 64)],
    ['r1 = bswap32 r1', (p) => p.swap(r1, 'reverse', 32)],
    ['r1 = *(u8 *)(r2 +0)', (p) => p.load(r1, u8(r2))],
    ['r1 = *(u16 *)(r2 +2)', (p) => p.load(r1, u16(r2, 2))],
    ['r1 = *(u64 *)(r10 -8)', (p) => p.load(r1, u64(r10, -8))],
    ['r1 = *(s8 *)(r2 +0)', (p) => p.load(r1, s8(r2))],
    ['r1 = *(s16 *)(r2 +0)', (p) => p.load(r1, s16(r2))],
    ['r1 = *(s32 *)(r2 -4)', (p) => p.load(r1, s32(r2, -4))],
    ['*(u64 *)(r10 -8) = r1', (p) => p.store(u64(r10, -8), r1)],
    ['*(u32 *)(r0 +4) = -1', (p) => p.store(u32(r0, 4), -1)],
    ['lock *(u64 *)(r1 +8) += r2', (p) => p.atomic('add', u64(r1, 8), r2)],
    ['lock *(u32 *)(r1 +0) &= r2', (p) => p.atomic('and', u32(r1), r2)],
    ['r2 = atomic64_fetch_or((u64 *)(r1 +0), r2)', (p) => p.fetch('or', u64(r1), r2)],
    ['r2 = atomic_fetch_xor((u32 *)(r1 +0), r2)', (p) => p.fetch('xor', u32(r1), r2)],
    ['r2 = atomic64_xchg((u64 *)(r1 +0), r2)', (p) => p.exchange(u64(r1), r2)],
    ['r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r2)', (p) => p.compareExchange(u32(r1), r2)],
    ['r1 = load_acquire((u16 *)(r2 +0))', (p) => p.loadAcquire(r1, u16(r2))],
    ['store_release((u8 *)(r2 +1), r1)', (p) => p.storeRelease(u8(r2, 1), r1)],
    ['r1 = 0xdeadbeefcafe', (p) => p.constant(r1, 0xdead_beef_cafe)],
    ['r1 = 0xffffffffffffffff', (p) => p.constant(r1, -1n)],
    ['r1 = 0x8000000000000000', (p) => p.constant(r1, 2n ** 63n)],
    ['r1 = map[fd:0]', (p) => p.map(r1, 'events')],
    ['r1 = map[fd:0][0]+16', (p) => p.mapValue(r1, { name: 'counts' }, 16)],
    ['r1 = variable[id:0]', (p) => p.variable(r1, 'bpf_prog_active')],
    ['call bpf_ringbuf_reserve#131', (p) => p.call('bpf_ringbuf_reserve')],
    ['call kernel#0', (p) => p.callKernel('bpf_iter_num_new')],
    ['goto pc-1', (p) => p.label('here').goto('here')],
    ['gotol pc-1', (p) => p.label('here').goto32('here')],
    ['may_goto pc-1', (p) => p.label('here').mayGoto('here')],
    ['if r1 s> 0xffffffff goto pc-1', (p) => p.label('here').gotoIf(r1, 's>', -1, 'here')],
    ['if w1 & 0x80000000 goto pc-1', (p) => p.label('here').gotoIf(w1, '&', 0x8000_0000, 'here')],
    ['if r1 != r10 goto pc-1', (p) => p.label('here').gotoIf(r1, '!=', r10, 'here')],
    ['call pc-1', (p) => p.subprogram('self').callLocal('self')],
    ['r2 = subprog[-1]', (p) => p.subprogram('self').callback(r2, 'self')],
    ['exit', (p) => p.exit()],
  ]
  for (const [text, step] of cases) test(text, () => assert.equal(textFor(step), text))

  test('none is forgotten', () => {
    const used = cases.map(([, step]) => `${step}`).join()
    const methods = [
      ...Object.keys(new ProgramBuilder()),
      ...Object.getOwnPropertyNames(ProgramBuilder.prototype),
    ].filter((name) => !['constructor', 'build', 'push'].includes(name))
    assert.ok(methods.length > 30)
    for (const name of methods) assert.ok(used.includes(`.${name}(`), name)
  })
})

describe('labels', () => {
  test('jumps lead forward, backward and over wide loads', () => {
    const { bytes, labels } = new ProgramBuilder()
      .label('start')
      .gotoIf(r1, '==', 0, 'end')
      .constant(r2, 1n)
      .label('middle')
      .gotoIf(w1, '<', w2, 'start')
      .goto('middle')
      .label('end')
      .label('also the end')
      .exit()
      .build()
    assert.equal(
      disassemble(bytes),
      [
        '0: (15) if r1 == 0x0 goto pc+4',
        '1: (18) r2 = 0x1',
        '3: (ae) if w1 < w2 goto pc-4',
        '4: (05) goto pc-2',
        '5: (95) exit',
      ].join('\n'),
    )
    assert.deepEqual(
      labels.map(({ name, slot }) => [name, slot]),
      [
        ['start', 0],
        ['middle', 3],
        ['end', 5],
        ['also the end', 5],
      ],
    )
  })

  test('subprograms are called, and handed to helpers, by name', () => {
    const { bytes, labels } = new ProgramBuilder()
      .callback(r2, 'visit')
      .callLocal('visit')
      .exit()
      .subprogram('visit')
      .mov(r0, 0)
      .exit()
      .build()
    assert.equal(
      disassemble(bytes),
      [
        '0: (18) r2 = subprog[+3]',
        '2: (85) call pc+1',
        '3: (95) exit',
        '4: (b7) r0 = 0',
        '5: (95) exit',
      ].join('\n'),
    )
    assert.deepEqual(labels, [{ name: 'visit', slot: 4, subprogram: true }])
  })

  test('one that is missing, or given twice, or last, is named', () => {
    const fails = (program: ProgramBuilder, message: RegExp) =>
      assert.throws(() => program.build(), refusal('ERR_PROGRAM_INVALID', message))
    fails(
      new ProgramBuilder().exit().goto('nowhere'),
      /^instruction 1 leads to the label 'nowhere', which is/,
    )
    fails(
      new ProgramBuilder().label('a').exit().label('a').exit(),
      /'a' is given twice: at instructions 0 and 1/,
    )
    fails(new ProgramBuilder().label('a').exit().subprogram('a').exit(), /'a' is given twice/)
    fails(new ProgramBuilder().exit().label('end'), /no instruction follows the label 'end'/)
    fails(new ProgramBuilder(), /needs an instruction/)
  })

  test('one that 16 bits do not reach needs goto32', () => {
    const far = (jump: Step, between: number) => {
      const program = jump(new ProgramBuilder().label('start'))
      for (let i = 0; i < between; i++) program.mov(r0, 0)
      return program.label('end').exit()
    }
    const forward: Step = (p) => p.gotoIf(r1, '==', 0, 'end')
    assert.match(disassemble(far(forward, 0x7fff).build().bytes), /goto pc\+32767\n/)
    for (const jump of [forward, (p) => p.goto('end'), (p) => p.mayGoto('end')] as Step[]) {
      assert.throws(
        () => far(jump, 0x8000).build(),
        refusal('ERR_PROGRAM_INVALID', /'end' is 32768 instructions from instruction 0: .* goto32 does$/),
      )
    }
    assert.match(disassemble(far((p) => p.goto32('end'), 0x8000).build().bytes), /gotol pc\+32768\n/)
    const back = (count: number) => far((p) => p, count).goto('start')
    assert.match(disassemble(back(0x7ffe).build().bytes), /goto pc-32768$/)
    assert.throws(() => back(0x7fff).build(), refusal('ERR_PROGRAM_INVALID', /is -32769 instructions from/))
  })
})

describe('what cannot be written', () => {
  const fails = (step: Step, message: RegExp) =>
    assert.throws(() => step(new ProgramBuilder()), refusal('ERR_INSTRUCTION_INVALID', message))

  test('a number that does not fit is refused where it is written', () => {
    fails((p) => p.mov(r1, 2 ** 31), /imm is 2147483648, and must be a whole number/)
    fails((p) => p.mov(w1, 2 ** 32), /imm is 4294967296, and must be a whole number/)
    fails((p) => p.gotoIf(r1, '==', Number.NaN, 'x'), /imm is NaN, and must be a whole number/)
    fails((p) => p.load(r1, u64(r2, 40_000)), /offset is 40000, and must be a whole number/)
    fails((p) => p.constant(r1, 2n ** 64n), /the constant 18446744073709551616 does not fit/)
    fails((p) => p.constant(r1, -(2n ** 63n) - 1n), /does not fit/)
    fails((p) => p.constant(r1, 2 ** 53), /too large to be exact/)
    fails((p) => p.constant(r1, 0.5), /no whole number/)
    fails(
      (p) =>
        p
          .constant(r1, 1n)
          .exit()
          .mov(r1, 2 ** 31),
      /^instruction 3, opcode 0xb7: imm is/,
    )
  })

  test('the types know what may be written, and how wide it is; so do programs without types', () => {
    // @ts-expect-error r10 is read only
    fails((p) => p.add(r10, 8), /dst is 10, and must be a register that may be written/)
    // @ts-expect-error r10 is read only
    fails((p) => p.exchange(u64(r1), r10), /src is 10/)
    // @ts-expect-error atomic operations have 4 or 8 bytes
    fails((p) => p.atomic('add', u8(r1), r2), /imm is 0, and must be/)
    fails((p) => p.load(r1, { size: 8, signed: true, base: r1, offset: 0 }), /unknown opcode 0x99/)
    const program = new ProgramBuilder()
    // @ts-expect-error a wide and a narrow register
    program.mov(w1, r2)
    // @ts-expect-error a wide and a narrow register
    program.gotoIf(r1, '==', w2, 'here')
    // @ts-expect-error a wide and a narrow register
    program.movsx(w1, r2, 8)
    // @ts-expect-error a store has no sign
    program.store(s8(r1), r2)
    assert.throws(
      // @ts-expect-error no such helper
      () => program.call('bpf_ringbuf_commit'),
      refusal('ERR_PROGRAM_INVALID', /no helper is called 'bpf_ringbuf_commit'/),
    )
    assert.throws(
      // @ts-expect-error inherited by every object, and no helper
      () => program.call('toString'),
      refusal('ERR_PROGRAM_INVALID', /no helper/),
    )
  })
})

test('a builder may go on after it has built', () => {
  const program = new ProgramBuilder().mov(r0, 0)
  const first = program.build()
  const second = program.exit().build()
  assert.equal(disassemble(first), '0: (b7) r0 = 0')
  assert.equal(disassemble(second), '0: (b7) r0 = 0\n1: (95) exit')
})

test('a program that was read can be built on', () => {
  const { bytes } = new ProgramBuilder().mov(r6, r1).constant(r3, 5n).exit().build()
  const again = new ProgramBuilder().push(...decode(bytes).map(({ instruction }) => instruction)).build()
  assert.deepEqual(again.bytes, bytes)
})
