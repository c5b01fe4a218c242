/** The proof: programs that were built here pass the kernel's verifier, and write into its ring buffer. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { s16, s32, u8, u32, u64 } from '#dist/bytecode/place.js'
import type { Program } from '#dist/bytecode/program.js'
import { r0, r1, r2, r3, r4, r6, r7, r10, w0, w2, w7 } from '#dist/bytecode/register.js'
import { type Answer, ARRAY, askKernel, IS_RECENT, MISSING, RINGBUF } from './support/kernel.js'

const maps = { events: [RINGBUF, 0, 0, 4096], counts: [ARRAY, 4, 16, 1] } as const

/** Loads a program with its maps, and runs it once over a packet of 64 bytes. */
function runInKernel(program: Program): Answer {
  const [answer] = askKernel([
    {
      bytes: program.bytes,
      maps,
      places: program.relocations.map(({ slot, name }) => [slot, name] as const),
      run: { data: new Uint8Array(64), ring: 'events' },
    },
  ])
  assert.ok(answer)
  assert.equal(answer.errno, 0, answer.log)
  return answer
}

/** Records of a ring whose data starts at position 0: length and flags, page, payload. */
function recordsOf(ring: Uint8Array | null): { header: number; page: number; payload: Buffer }[] {
  assert.ok(ring)
  const bytes = Buffer.from(ring)
  const records = []
  for (let at = 0; at < bytes.length; ) {
    const header = bytes.readUInt32LE(at)
    const length = header & 0x3fff_ffff
    const payload = bytes.subarray(at + 8, at + 8 + length)
    records.push({ header, page: bytes.readUInt32LE(at + 4), payload })
    at += (8 + length + 7) & ~7
  }
  return records
}

describe('in the kernel', { skip: MISSING }, () => {
  test('a program reserves, fills and submits a record', () => {
    const program = new ProgramBuilder()
      .map(r1, 'events')
      .mov(r2, 24)
      .mov(r3, 0)
      .call('bpf_ringbuf_reserve')
      .gotoIf(r0, '==', 0, 'full')
      .mov(r6, r0)
      .call('bpf_get_smp_processor_id')
      .store(u32(r6), r0)
      .store(u32(r6, 4), 0x1234_5678)
      .constant(r1, 0xcafe_f00d_dead_beefn)
      .store(u64(r6, 8), r1)
      .call('bpf_ktime_get_ns')
      .store(u64(r6, 16), r0)
      .mov(r1, r6)
      .mov(r2, 0)
      .call('bpf_ringbuf_submit')
      .mov(r0, 0)
      .exit()
      .label('full')
      .mov(r0, 1)
      .exit()
      .build()
    const { returned, ring } = runInKernel(program)
    assert.equal(returned, 0)
    const [record, ...more] = recordsOf(ring)
    assert.ok(record)
    assert.deepEqual([record.header, record.page, more], [24, 3, []])
    assert.ok(record.payload.readUInt32LE(0) < 1024)
    assert.equal(record.payload.readUInt32LE(4), 0x1234_5678)
    assert.equal(record.payload.readBigUInt64LE(8), 0xcafe_f00d_dead_beefn)
    assert.ok(record.payload.readBigUInt64LE(16) > 0n)
  })

  test('discard, output and query; a loop, a subprogram and a counter beside them', () => {
    const program = new ProgramBuilder()
      .mov(r6, 0)
      .label('next')
      .mov(r1, r6)
      .callLocal('tell')
      .mapValue(r1, 'counts', 8)
      .mov(r2, 2)
      .fetch('add', u64(r1), r2)
      .add(r6, 1)
      .gotoIf(r6, '<', 3, 'next')
      .map(r1, 'events')
      .mov(r2, 8)
      .mov(r3, 0)
      .call('bpf_ringbuf_reserve')
      .gotoIf(r0, '==', 0, 'end')
      .mov(r1, r0)
      .mov(r2, 1)
      .call('bpf_ringbuf_discard')
      .label('end')
      .map(r1, 'events')
      .mov(r2, 0)
      .call('bpf_ringbuf_query')
      .mov(r7, r0)
      .mapValue(r1, 'counts')
      .load(r0, u64(r1, 8))
      .lsh(r0, 16)
      .add(r0, r7)
      .exit()
      .subprogram('tell')
      .mul(r1, 100)
      .store(u64(r10, -8), r1)
      .map(r1, 'events')
      .mov(r2, r10)
      .add(r2, -8)
      .mov(r3, 8)
      .mov(r4, 0)
      .call('bpf_ringbuf_output')
      .exit()
      .build()
    const { returned, ring } = runInKernel(program)
    const records = recordsOf(ring)
    assert.deepEqual(
      records.map(({ header }) => header),
      [8, 8, 8, 0x4000_0008],
    )
    assert.deepEqual(
      records.slice(0, 3).map(({ payload }) => payload.readBigUInt64LE()),
      [0n, 100n, 200n],
    )
    assert.equal(returned, (6 << 16) + 4 * 16)
  })

  test('what the names of operations promise is what the kernel computes', () => {
    // Each leaves its answer in r0, of which a test run answers the lower half.
    const cases: Case[] = [
      ['sdiv', -4, (p) => p.mov(r0, -13).sdiv(r0, 3)],
      ['smod', -1, (p) => p.mov(r0, -13).smod(r0, 3)],
      ['div', 0x5555_5551, (p) => p.mov(w0, -13).div(w0, 3)],
      ['arsh', -2, (p) => p.mov(r0, -8).arsh(r0, 2)],
      ['movsx', -1, (p) => p.mov(r2, 0xff).movsx(r0, r2, 8)],
      ['movsx of 32 bits', -2, (p) => p.mov(w2, 0xfffe).movsx(w0, w2, 16)],
      ['swap', 0x0201, (p) => p.mov(r0, 0x0102).swap(r0, 'reverse', 16)],
      ['w leaves the upper half zero', 1, (p) => p.mov(r0, -1).mov(w7, -1).rsh(r7, 31).mov(r0, r7)],
      ['load signed', -2, (p) => p.store(u64(r10, -8), 0xfffe).load(r0, s16(r10, -8))],
      ['load signed, 32 bits', -3, (p) => p.store(u64(r10, -8), -3).load(r0, s32(r10, -8))],
      ['exchange', 5, (p) => p.store(u64(r10, -8), 5).mov(r2, 6).exchange(u64(r10, -8), r2).mov(r0, r2)],
      [
        'compareExchange',
        6,
        (p) =>
          p
            .store(u64(r10, -8), 5)
            .mov(r0, 5)
            .mov(r2, 6)
            .compareExchange(u64(r10, -8), r2)
            .load(r0, u64(r10, -8)),
      ],
      ['constant', 0x89ab_cdef, (p) => p.constant(r0, 0x0123_4567_89ab_cdefn)],
      [
        'unsigned compare',
        1,
        (p) => p.mov(r0, 1).mov(w2, -1).gotoIf(w2, '>', 5, 'end').mov(r0, 0).label('end'),
      ],
      [
        'signed compare',
        0,
        (p) => p.mov(r0, 1).mov(w2, -1).gotoIf(w2, 's>', 5, 'end').mov(r0, 0).label('end'),
      ],
      [
        'goto32',
        7,
        (p) => p.mov(r0, 7).goto32('end').label('back').exit().label('end').gotoIf(r0, '==', 7, 'back'),
      ],
    ]
    computes(cases)
  })

  test('the same of what Linux has had since 6.9 and 6.15 only', (t) => {
    if (!IS_RECENT) return t.skip('this kernel may be too old: needs Linux 6.16')
    computes([
      ['storeRelease', 9, (p) => p.mov(r2, 9).storeRelease(u64(r10, -8), r2).load(r0, u64(r10, -8))],
      ['loadAcquire', 0xff, (p) => p.store(u64(r10, -8), -1).loadAcquire(r0, u8(r10, -8))],
      [
        'mayGoto ends what never ends',
        1,
        (p) => p.mov(r0, 1).label('again').mayGoto('end').goto('again').label('end'),
      ],
    ])
  })
})

type Case = [name: string, expected: number, step: (program: ProgramBuilder) => ProgramBuilder]

function computes(cases: readonly Case[]): void {
  const answers = askKernel(
    cases.map(([, , step]) => ({
      bytes: step(new ProgramBuilder()).exit().build().bytes,
      run: { data: new Uint8Array(64) },
    })),
  )
  for (const [index, [name, expected]] of cases.entries()) {
    const answer = answers[index]
    assert.equal(answer?.returned, expected >>> 0, `${name}\n${answer?.log}`)
  }
}
