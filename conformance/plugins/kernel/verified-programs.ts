/** Programs that keep the rules of records, and programs that break one each: what the verifier says of them. */
import { ProgramBuilder, r0, r1, r2, r3, r4, r6, r10, u64 } from 'bpf-ringbuf/bytecode'
import { createRingMap, loadProgram, ProgramRefusedError } from 'bpf-ringbuf/kernel'

const SIZE = 16
const DYNPTR_AT = -16

type Write = (builder: ProgramBuilder) => ProgramBuilder

/** Each is followed by `r0 = 0; exit`. */
const PROGRAMS: Readonly<Record<string, Write>> = {
  'reserve-submit': (builder) => submit(mustReserve(builder)),
  'reserve-discard': (builder) => release(mustReserve(builder), 'bpf_ringbuf_discard'),
  'write-inside': (builder) => submit(mustReserve(builder).store(u64(r6, SIZE - 8), 1)),
  'read-unwritten': (builder) => submit(mustReserve(builder).load(r2, u64(r6))),
  'forgets-the-record': (builder) => mustReserve(builder),
  'forgets-one-of-two': (builder) => submit(mustReserve(mustReserve(builder, 'first'), 'second')),
  'submits-twice': (builder) => submit(submit(mustReserve(builder))),
  'submits-what-was-discarded': (builder) => submit(release(mustReserve(builder), 'bpf_ringbuf_discard')),
  'submits-what-may-be-null': (builder) => submit(reserve(builder).mov(r6, r0)),
  'submits-behind-the-start': (builder) => submit(mustReserve(builder).add(r6, 8)),
  'submits-the-stack': (builder) => submit(builder.mov(r6, r10).add(r6, -8).store(u64(r6), 0)),
  'writes-behind-the-end': (builder) => submit(mustReserve(builder).store(u64(r6, SIZE), 1)),
  'writes-to-the-header': (builder) => submit(mustReserve(builder).store(u64(r6, -8), 1)),
  'writes-without-a-look': (builder) => submit(reserve(builder).mov(r6, r0).store(u64(r6), 1)),
  'writes-after-submit': (builder) => submit(mustReserve(builder)).store(u64(r6), 1),
  'reserves-an-unknown-size': (builder) =>
    builder
      .call('bpf_get_prandom_u32')
      .mov(r2, r0)
      .and(r2, 63)
      .map(r1, 'ring')
      .mov(r3, 0)
      .call('bpf_ringbuf_reserve')
      .gotoIf(r0, '==', 0, 'end')
      .mov(r6, r0)
      .mov(r1, r6)
      .mov(r2, 0)
      .call('bpf_ringbuf_submit')
      .label('end'),
  'outputs-an-unknown-size': (builder) =>
    builder
      .store(u64(r10, -8), 0)
      .call('bpf_get_prandom_u32')
      .mov(r3, r0)
      .and(r3, 7)
      .map(r1, 'ring')
      .mov(r2, r10)
      .add(r2, -8)
      .mov(r4, 0)
      .call('bpf_ringbuf_output'),
  'outputs-from-a-record': (builder) =>
    submit(
      mustReserve(builder).map(r1, 'ring').mov(r2, r6).mov(r3, SIZE).mov(r4, 0).call('bpf_ringbuf_output'),
    ),
  'outputs-from-null': (builder) =>
    builder.map(r1, 'ring').mov(r2, 0).mov(r3, 0).mov(r4, 0).call('bpf_ringbuf_output'),
  'dynptr-submit': (builder) => releaseDynptr(reserveDynptr(builder), 'bpf_ringbuf_submit_dynptr'),
  'dynptr-submit-unasked': (builder) =>
    releaseDynptr(reserveDynptr(builder).mov(r6, r0), 'bpf_ringbuf_discard_dynptr'),
  'dynptr-submit-only-on-success': (builder) =>
    releaseDynptr(reserveDynptr(builder).gotoIf(r0, '!=', 0, 'end'), 'bpf_ringbuf_submit_dynptr').label(
      'end',
    ),
  'dynptr-forgotten': (builder) => reserveDynptr(builder),
  'dynptr-submit-twice': (builder) =>
    releaseDynptr(
      releaseDynptr(reserveDynptr(builder), 'bpf_ringbuf_submit_dynptr'),
      'bpf_ringbuf_submit_dynptr',
    ),
  lookup: (builder) =>
    builder.store(u64(r10, -8), 0).map(r1, 'ring').mov(r2, r10).add(r2, -8).call('bpf_map_lookup_elem'),
}

export function verdict(name: string): string {
  const write = PROGRAMS[name]
  if (!write) return `cannot verify ${name}`
  const program = write(new ProgramBuilder()).mov(r0, 0).exit().build()
  using ring = createRingMap({ size: 4096 })
  try {
    loadProgram({ type: 'xdp', program, maps: { ring } }).close()
    return 'accepted'
  } catch (error) {
    if (error instanceof ProgramRefusedError) return 'rejected'
    throw error
  }
}

function reserve(builder: ProgramBuilder): ProgramBuilder {
  return builder.map(r1, 'ring').mov(r2, SIZE).mov(r3, 0).call('bpf_ringbuf_reserve')
}

/** r6: the record. */
function mustReserve(builder: ProgramBuilder, name = 'only'): ProgramBuilder {
  return reserve(builder).gotoIf(r0, '!=', 0, name).mov(r0, 0).exit().label(name).mov(r6, r0)
}

function submit(builder: ProgramBuilder): ProgramBuilder {
  return release(builder, 'bpf_ringbuf_submit')
}

function release(
  builder: ProgramBuilder,
  helper: 'bpf_ringbuf_submit' | 'bpf_ringbuf_discard',
): ProgramBuilder {
  return builder.mov(r1, r6).mov(r2, 0).call(helper)
}

function reserveDynptr(builder: ProgramBuilder): ProgramBuilder {
  return builder
    .map(r1, 'ring')
    .mov(r2, SIZE)
    .mov(r3, 0)
    .mov(r4, r10)
    .add(r4, DYNPTR_AT)
    .call('bpf_ringbuf_reserve_dynptr')
}

function releaseDynptr(
  builder: ProgramBuilder,
  helper: 'bpf_ringbuf_submit_dynptr' | 'bpf_ringbuf_discard_dynptr',
): ProgramBuilder {
  return builder.mov(r1, r10).add(r1, DYNPTR_AT).mov(r2, 0).call(helper)
}
