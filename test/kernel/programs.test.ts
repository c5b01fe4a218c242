import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { inspect } from 'node:util'
import {
  createMap,
  createRingMap,
  createUserRingMap,
  loadProgram,
  openProgramByFd,
  openProgramById,
  ProgramRefusedError,
} from 'bpf-ringbuf/kernel'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { u8, u32, u64 } from '#dist/bytecode/place.js'
import { r0, r1, r2, r3, r4, r6, r7, r10 } from '#dist/bytecode/register.js'
import { readVerifierLog } from '#dist/kernel/verifier-log.js'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { RingProgram } from './support/ring-program.js'

const BPF_F_SLEEPABLE = 16

const maps = () => ({ ring: createRingMap({ size: 4096, name: 'ring' }) })

function reserve(builder = new ProgramBuilder(), bytes = 8): ProgramBuilder {
  return builder.map(r1, 'ring').mov(r2, bytes).mov(r3, 0).call('bpf_ringbuf_reserve')
}

const checked = (builder?: ProgramBuilder) => reserve(builder).gotoIf(r0, '==', 0, 'end')
const end = (builder: ProgramBuilder) => builder.label('end').mov(r0, 0).exit()
const submit = (builder: ProgramBuilder) => builder.mov(r1, r0).mov(r2, 0).call('bpf_ringbuf_submit')

/** A record of 8 bytes by way of a dynptr, 16 bytes below the frame pointer. */
function dynptr(): ProgramBuilder {
  const builder = new ProgramBuilder().map(r1, 'ring').mov(r2, 8).mov(r3, 0).mov(r4, r10).add(r4, -16)
  return builder.call('bpf_ringbuf_reserve_dynptr')
}

/** Programs that the kernel refuses, and the reason that it must be told by. */
const REFUSED: readonly (readonly [string, () => ProgramBuilder, RegExp])[] = [
  ['forgets a record', () => end(checked()), /Unreleased reference id=\d+ alloc_insn=\d+/],
  [
    'does not look whether there is one',
    () => end(submit(reserve())),
    /R1 type=ringbuf_mem_or_null expected=ringbuf_mem/,
  ],
  [
    'writes without looking',
    () => end(reserve().store(u64(r0), 1)),
    /R0 invalid mem access 'ringbuf_mem_or_null'/,
  ],
  [
    'submits twice',
    () => end(submit(checked().mov(r6, r0)).mov(r1, r6).mov(r2, 0).call('bpf_ringbuf_submit')),
    /R1 type=scalar expected=ringbuf_mem|R6 !read_ok/,
  ],
  [
    'writes after submitting',
    () => end(submit(checked().mov(r6, r0)).store(u64(r6), 1)),
    /R6 invalid mem access 'scalar'/,
  ],
  [
    'writes behind the record',
    () => end(submit(checked().store(u64(r0, 8), 1))),
    /R0 min value is outside of the allowed memory range|invalid access to memory, mem_size=8 off=8 size=8/,
  ],
  [
    'writes to the header',
    () => end(submit(checked().store(u64(r0, -8), 1))),
    /invalid access to memory, mem_size=8 off=-8 size=8|min value is outside/,
  ],
  [
    'submits another address',
    () => end(checked().mov(r1, r0).add(r1, 4).mov(r2, 0).call('bpf_ringbuf_submit')),
    /R1 must have zero offset when passed to release func/,
  ],
  [
    'moves a pointer before it looks',
    () => end(reserve().add(r0, 4)),
    /R0 pointer arithmetic on ringbuf_mem_or_null prohibited/,
  ],
  [
    'reserves as much as it does not know',
    () =>
      end(
        submit(
          new ProgramBuilder()
            .call('bpf_get_prandom_u32')
            .mov(r2, r0)
            .and(r2, 63)
            .map(r1, 'ring')
            .mov(r3, 0)
            .call('bpf_ringbuf_reserve')
            .gotoIf(r0, '==', 0, 'end'),
        ),
      ),
    /R2 is not a (known )?const/,
  ],
  [
    'submits what lies on the stack',
    () => end(new ProgramBuilder().mov(r1, r10).add(r1, -8).mov(r2, 0).call('bpf_ringbuf_submit')),
    /R1 type=fp expected=ringbuf_mem/,
  ],
  [
    'submits without looking after a discard',
    () =>
      end(
        checked()
          .mov(r6, r0)
          .mov(r1, r0)
          .mov(r2, 0)
          .call('bpf_ringbuf_discard')
          .mov(r1, r6)
          .mov(r2, 0)
          .call('bpf_ringbuf_submit'),
      ),
    /R1 type=scalar expected=ringbuf_mem|R6 !read_ok/,
  ],
  [
    'forgets the second of two records',
    () => end(reserve(checked().mov(r6, r0)).mov(r1, r6).mov(r2, 0).call('bpf_ringbuf_submit')),
    /Unreleased reference id=\d+/,
  ],
  [
    'calls another program while it holds a record',
    () =>
      end(
        reserve(new ProgramBuilder().mov(r7, r1))
          .gotoIf(r0, '==', 0, 'end')
          .mov(r1, r7)
          .map(r2, 'programs')
          .mov(r3, 0)
          .call('bpf_tail_call'),
      ),
    /tail_call would lead to reference leak/,
  ],
  [
    'goes as far as it does not know',
    () => end(checked().mov(r6, r0).call('bpf_get_prandom_u32').lsh(r0, 32).add(r6, r0).store(u64(r6), 1)),
    /math between ringbuf_mem pointer and register with unbounded min value is not allowed|R6 unbounded memory access|out of range/,
  ],
  [
    'goes too far',
    () => end(checked().add(r0, 0x7fff_ffff)),
    /math between ringbuf_mem pointer and 2147483647 is not allowed/,
  ],
  [
    'multiplies a pointer',
    () => end(checked().mul(r0, 2)),
    /R0 pointer arithmetic with \*= operator prohibited/,
  ],
  [
    'submits a number',
    () => end(new ProgramBuilder().mov(r1, 5).mov(r2, 0).call('bpf_ringbuf_submit')),
    /R1 type=scalar expected=ringbuf_mem/,
  ],
  [
    'touches a record of no bytes',
    () => end(submit(reserve(undefined, 0).gotoIf(r0, '==', 0, 'end').store(u8(r0), 1))),
    /invalid access to memory, mem_size=0 off=0 size=1|min value is outside/,
  ],
  [
    'outputs as much as it does not know',
    () =>
      end(
        new ProgramBuilder()
          .call('bpf_get_prandom_u32')
          .lsh(r0, 32)
          .arsh(r0, 32)
          .mov(r3, r0)
          .store(u64(r10, -8), 0)
          .map(r1, 'ring')
          .mov(r2, r10)
          .add(r2, -8)
          .mov(r4, 0)
          .call('bpf_ringbuf_output'),
      ),
    /R3 min value is negative, either use unsigned or 'var &= const'/,
  ],
  ['forgets a dynptr', () => end(dynptr()), /Unreleased reference id=\d+/],
  [
    'submits a dynptr that there is not',
    () => end(new ProgramBuilder().mov(r1, r10).add(r1, -16).mov(r2, 0).call('bpf_ringbuf_submit_dynptr')),
    /arg 1 is an unacquired reference|Expected an initialized dynptr/,
  ],
  ['writes over a dynptr', () => end(dynptr().store(u64(r10, -16), 0)), /cannot overwrite referenced dynptr/],
  ['reads a dynptr', () => end(dynptr().load(r0, u64(r10, -16))), /invalid read from stack/],
  [
    'drains into what is no function',
    () =>
      end(
        new ProgramBuilder().map(r1, 'user').mov(r2, 0).mov(r3, 0).mov(r4, 0).call('bpf_user_ringbuf_drain'),
      ),
    /R2 type=scalar expected=func/,
  ],
  [
    'outputs nothing',
    () =>
      end(new ProgramBuilder().map(r1, 'ring').mov(r2, 0).mov(r3, 0).mov(r4, 0).call('bpf_ringbuf_output')),
    /R2 type=scalar expected=/,
  ],
]

describe('loading a program', { skip: NO_BPF }, () => {
  for (const [what, build, reason] of REFUSED) {
    tidyTest(`one that ${what} is refused, in one line`, () => {
      using ring = maps().ring
      using user = createUserRingMap({ size: 4096 })
      using programs = createMap({ type: 'prog_array', maxEntries: 1 })
      assert.throws(
        () =>
          loadProgram({ type: 'socket_filter', program: build().build(), maps: { ring, user, programs } }),
        (error) => {
          assert.ok(error instanceof ProgramRefusedError)
          assert.equal(error.code, 'ERR_PROGRAM_REFUSED')
          assert.match(error.message, reason)
          assert.doesNotMatch(error.message, /\n/)
          assert.match(error.message, /^the kernel refuses the socket_filter program \(E\w+\): /)
          assert.match(error.log, reason)
          assert.match(error.log, /processed \d+ insns/)
          assert.equal(typeof error.instruction?.slot, 'number')
          return true
        },
      )
    })
  }

  tidyTest('a map of the wrong kind', () => {
    using ring = createMap({ type: 'array', maxEntries: 1 })
    const program = end(submit(checked())).build()
    assert.throws(() => loadProgram({ type: 'socket_filter', program, maps: { ring } }), {
      code: 'ERR_PROGRAM_REFUSED',
      message: /cannot pass map_type 2 into func bpf_ringbuf_reserve#131/,
    })
  })

  tidyTest('what can be known before', () => {
    const program = end(submit(checked())).build()
    assert.throws(() => loadProgram({ type: 'socket_filter', program }), {
      code: 'ERR_PROGRAM_INVALID',
      message: /'ring'/,
    })
    assert.throws(() => loadProgram({ type: 'socketfilter' as never, program }), {
      code: 'ERR_INVALID_ARGUMENT',
    })
    assert.throws(() => loadProgram({ type: 'xdp', program, name: 'too long a name for it' }), {
      code: 'ERR_INVALID_ARGUMENT',
    })
  })

  tidyTest('a log of more than a page', () => {
    using ring = maps().ring
    const builder = checked()
    for (let i = 0; i < 4000; i++) builder.store(u64(r0), i)
    assert.throws(
      () => loadProgram({ type: 'socket_filter', program: end(builder).build(), maps: { ring } }),
      (error) =>
        error instanceof ProgramRefusedError &&
        error.log.length > 100_000 &&
        /Unreleased/.test(error.message) &&
        // Whoever prints it, as Node does when nobody catches it, prints its one line.
        !/processed \d+ insns/.test(inspect(error)),
    )
  })

  tidyTest('a kind that is not allowed here says what is missing', () => {
    const program = new ProgramBuilder().mov(r0, 0).exit().build()
    assert.throws(() => loadProgram({ type: 'struct_ops', program }), { code: 'ERR_PROGRAM_REFUSED' })
  })

  tidyTest('what the kernel knows of it; closed, it says so', () => {
    using ring = maps().ring
    const program = loadProgram({
      type: 'xdp',
      name: 'producer',
      program: end(submit(checked())).build(),
      maps: { ring },
    })
    const { type, name, tag, maps: count } = program.info()
    assert.deepEqual([type, name, count], ['xdp', 'producer', 1])
    assert.match(tag, /^[0-9a-f]{16}$/)
    program.close()
    program.close()
    assert.throws(() => program.fd, { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => program.testRun({ data: new Uint8Array(64) }), { code: 'ERR_RESOURCE_CLOSED' })
  })
})

describe('opening a program', { skip: NO_BPF }, () => {
  tidyTest('by its id, or by its descriptor: it is the same', () => {
    using ring = maps().ring
    const text = end(submit(checked())).build()
    using program = loadProgram({ type: 'xdp', name: 'same', program: text, maps: { ring } })
    for (const open of [() => openProgramById(program.info().id), () => openProgramByFd(program.fd)]) {
      using other = open()
      assert.deepEqual(other.info(), program.info())
      assert.equal(other.testRun({ data: new Uint8Array(64) }).returned, 0)
    }
    for (const wrong of [ring.fd, 0]) {
      assert.throws(() => openProgramByFd(wrong), { code: 'ERR_INVALID_ARGUMENT', message: /is no program/ })
    }
    assert.throws(() => openProgramById(0xffff_fff0), { code: 'ERR_SYSTEM', message: /no such program/ })
    assert.throws(() => openProgramById(-1), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => openProgramByFd(1.5), { code: 'ERR_INVALID_ARGUMENT' })
  })
})

describe('running a program', { skip: NO_BPF }, () => {
  tidyTest('many times, and how long it took', () => {
    using ring = maps().ring
    using program = loadProgram({ type: 'xdp', program: end(submit(checked())).build(), maps: { ring } })
    const { returned, durationNs } = program.testRun({ data: new Uint8Array(64), repeat: 1000 })
    assert.equal(returned, 0)
    assert.ok(durationNs > 0 && durationNs < 1e6)
  })

  tidyTest('raw tracepoints on a processor; syscall programs with a context', () => {
    const program = new ProgramBuilder().call('bpf_get_smp_processor_id').exit().build()
    using raw = loadProgram({ type: 'raw_tracepoint', program })
    for (const cpu of [0, 1]) assert.equal(raw.testRun({ context: new Uint8Array(8), cpu }).returned, cpu)
    assert.throws(() => raw.testRun({ context: new Uint8Array(8), cpu: 4095 }), {
      code: 'ERR_SYSTEM',
      message: /raw_tracepoint program: ENXIO, there is no processor 4095/,
    })
    using xdp = loadProgram({ type: 'xdp', program })
    assert.throws(() => xdp.testRun({ data: new Uint8Array(64), cpu: 0 }), {
      code: 'ERR_SYSTEM',
      message: /EINVAL, this type does not take/,
    })
  })

  tidyTest('and get back its packet and its context, as it left them', () => {
    // ctx->mark (+8) = 77; the first byte of the packet, from ctx->data (+76) to ctx->data_end (+80), = 5.
    const classify = new ProgramBuilder()
      .store(u32(r1, 8), 77)
      .load(r2, u32(r1, 76))
      .load(r3, u32(r1, 80))
      .mov(r4, r2)
      .add(r4, 1)
      .gotoIf(r4, '>', r3, 'end')
      .store(u8(r2), 5)
    using tc = loadProgram({ type: 'sched_cls', program: end(classify).build() })
    const data = new Uint8Array(64).fill(1)
    const result = tc.testRun({ data, context: new Uint8Array(192), contextOutBytes: 192 })
    assert.deepEqual([result.context.length, result.context[8]], [192, 77])
    assert.deepEqual([result.data.length, result.data[0], result.data[1], data[0]], [64, 5, 1, 1])
    assert.equal(tc.testRun({ data }).context.length, 0)
    for (const less of [{ contextOutBytes: 100 }, { dataOutBytes: 8 }]) {
      assert.throws(() => tc.testRun({ data, context: new Uint8Array(192), ...less }), {
        code: 'ERR_SYSTEM',
        message: /ENOSPC, what it left is longer/,
      })
    }
    using syscall = loadProgram({
      type: 'syscall',
      flags: BPF_F_SLEEPABLE,
      program: end(new ProgramBuilder().store(u64(r1), 9)).build(),
    })
    const context = Buffer.alloc(8)
    assert.deepEqual([...syscall.testRun({ context }).context], [9, 0, 0, 0, 0, 0, 0, 0])
    assert.equal(context[0], 0)
    assert.throws(() => syscall.testRun({ context, contextOutBytes: 8 }), { code: 'ERR_SYSTEM' })
  })

  tidyTest('what cannot be run', () => {
    const program = new ProgramBuilder().mov(r0, 0).exit().build()
    using tracepoint = loadProgram({ type: 'tracepoint', program })
    assert.throws(() => tracepoint.testRun({ context: new Uint8Array(8) }), {
      code: 'ERR_SYSTEM',
      message: /ENOTSUPP, programs of this type run only when they are attached/,
    })
    using xdp = loadProgram({ type: 'xdp', program })
    assert.throws(() => xdp.testRun({ data: 'text' as never }), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => xdp.testRun({ data: new Uint8Array(3) }), { code: 'ERR_SYSTEM', message: /EINVAL/ })
    for (const name of ['repeat', 'cpu', 'dataOutBytes', 'contextOutBytes']) {
      for (const value of [-1, 0.5, Number.NaN, 2 ** 31, '1']) {
        assert.throws(() => xdp.testRun({ data: new Uint8Array(64), [name]: value }), {
          code: 'ERR_INVALID_ARGUMENT',
          message: new RegExp(`^${name} .* must be a whole number below`),
        })
      }
    }
    assert.throws(() => xdp.testRun(null as never), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => xdp.testRun({ context: [1] as never }), { code: 'ERR_INVALID_ARGUMENT' })
    using raw = loadProgram({ type: 'raw_tracepoint', program })
    assert.throws(() => raw.testRun({ context: new Uint8Array(8), repeat: 2 }), {
      code: 'ERR_SYSTEM',
      message: /EINVAL, this type does not take/,
    })
  })

  tidyTest('in a ring that is full it finds none', () => {
    using program = new RingProgram(4096)
    assert.equal(program.submit(1n, 0, 170), 0)
    assert.equal(program.submit(1n), -11)
    assert.equal(program.output(1n), -11)
  })
})

describe('a verifier’s log', () => {
  const lines = (...text: string[]) => `${text.join('\n')}\n`
  for (const [what, log, reason, slot] of [
    ['of nothing', '', '', undefined],
    [
      'with states',
      lines(
        'func#0 @0',
        '0: R1=ctx() R10=fp0',
        '3: (85) call bpf_ringbuf_reserve#131  ; R0=ringbuf_mem_or_null(id=2)',
        '4: (95) exit',
        'Unreleased reference id=2 alloc_insn=3',
        'BPF_EXIT instruction in main prog would lead to reference leak',
        'processed 5 insns (limit 1000000) max_states_per_insn 0',
      ),
      'Unreleased reference id=2 alloc_insn=3; BPF_EXIT instruction in main prog would lead to reference leak',
      4,
    ],
    [
      'without instructions',
      lines('unknown opcode 06', 'processed 0 insns (limit 1000000)'),
      'unknown opcode 06',
      undefined,
    ],
  ] as const) {
    tidyTest(what, () => {
      const verdict = readVerifierLog(log)
      assert.deepEqual([verdict.reason, verdict.instruction?.slot], [reason, slot])
    })
  }
})
