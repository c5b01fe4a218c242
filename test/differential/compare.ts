/** The same steps in the kernel's ring and in ours; after each of them everything that can be seen is compared. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { Judge } from './judge.js'
import { NOTHING, ORDERS, OUTPUT_MOST, RECORDS, type Run } from './pipeline-program.js'
import { SUBJECTS, Subject } from './subject.js'

export type Step =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'consume'; readonly max: number }
  /** The consumer position is written by hand, so far from the producer position; and put right again. */
  | { readonly kind: 'corrupt'; readonly delta: number }
  | { readonly kind: 'repair' }

export const RING_BYTES = 4096
const TEXT = Uint8Array.from({ length: OUTPUT_MOST + 1 }, (_, i) => (i * 7 + 13) & 0xff)

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(64) },
  { weight: 4, arbitrary: fc.nat(1200) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 4072, 4080, 4081, 4088, 4096, 8192, 2 ** 24 - 1, 2 ** 24, 2 ** 31 - 1),
  },
  { weight: 3, arbitrary: fc.constant(NOTHING) },
)
const wakeFlags = fc.constantFrom(0, 0, 0, 1, 2, 3)
const run: fc.Arbitrary<Run> = fc.record({
  sizes: fc.tuple(...Array(RECORDS).fill(size)) as fc.Arbitrary<number[]>,
  reserveFlags: fc.tuple(
    ...Array(RECORDS).fill(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 4)),
  ) as fc.Arbitrary<number[]>,
  values: fc.tuple(...Array(RECORDS).fill(fc.bigInt(0n, 2n ** 64n - 1n))) as fc.Arbitrary<bigint[]>,
  order: fc.nat(ORDERS.length - 1),
  discards: fc.tuple(...Array(RECORDS).fill(fc.constantFrom(false, false, true))) as fc.Arbitrary<boolean[]>,
  // The helpers that commit ignore other bits.
  commitFlags: fc.tuple(...Array(RECORDS).fill(fc.oneof(wakeFlags, fc.constantFrom(4, 8)))) as fc.Arbitrary<
    number[]
  >,
  output: fc.option(
    fc.record({
      length: fc.oneof(fc.nat(100), fc.nat(OUTPUT_MOST)),
      flags: fc.constantFrom(0, 0, 1, 2, 3, 4, 7),
    }),
    { nil: undefined },
  ),
})

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: run.map((run) => ({ kind: 'run', run }) as const) },
  { weight: 4, arbitrary: fc.nat(12).map((max) => ({ kind: 'consume', max: max + 1 }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.integer({ min: -8192, max: 8192 }), fc.integer({ min: -(2 ** 30), max: 2 ** 30 }))
      .map((delta) => ({ kind: 'corrupt', delta }) as const),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'repair' } as const) },
)

/** Throws at the first difference. Calls back after each step. */
export function compare(steps: readonly Step[], done: () => void): void {
  const judge = new Judge(RING_BYTES, TEXT)
  const subjects = SUBJECTS.map((name) => new Subject(name, RING_BYTES, TEXT))
  let isCorrupt = false
  try {
    for (const step of steps) {
      if (step.kind === 'run') runAll(judge, subjects, step.run)
      else if (step.kind === 'consume' && !isCorrupt) consumeAll(judge, subjects, step.max)
      else if (step.kind === 'corrupt' || (step.kind === 'repair' && isCorrupt)) {
        const { producer } = judge.ring.positions()
        isCorrupt = step.kind === 'corrupt'
        const position = producer + (isCorrupt ? Math.max((step as { delta: number }).delta, -producer) : 0)
        for (const side of [judge, ...subjects]) side.moveConsumer(position)
        if (!isCorrupt) judge.reopen()
      }
      for (const subject of subjects) mustLookTheSame(judge, subject, isCorrupt)
      done()
    }
  } finally {
    for (const subject of subjects) subject[Symbol.dispose]()
    judge[Symbol.dispose]()
  }
}

function runAll(judge: Judge, subjects: readonly Subject[], run: Run): void {
  for (const side of [judge, ...subjects]) side.arm()
  const expected = judge.run(run)
  const rung = judge.rung()
  for (const subject of subjects) {
    const answers = subject.run(run)
    assert.deepEqual(answers.reserved, expected.reserved, `${subject.name}: what reserve answers`)
    assert.equal(answers.output, expected.output, `${subject.name}: what output answers`)
    assert.deepEqual(answers.before, expected.before.map(low), `${subject.name}: queries before the commits`)
    assert.deepEqual(answers.after, expected.after.map(low), `${subject.name}: queries after the commits`)
    // The kernel's epoll reports a wake-up only where there is something.
    if (judge.readable) assert.equal(subject.rung, rung, `${subject.name}: whether it wakes`)
  }
}

/** Positions are of 64 bits there. */
function low(word: bigint): bigint {
  return BigInt.asUintN(32, word)
}

function consumeAll(judge: Judge, subjects: readonly Subject[], max: number): void {
  const expected = judge.consume(max)
  for (const subject of subjects) {
    const records = subject.consume(max)
    assert.deepEqual(
      records.map((record) => record.length),
      expected.map((record) => record.length),
      `${subject.name}: which records come`,
    )
    for (const [i, record] of records.entries()) {
      // What nobody has written is what was there before, which is not the same in memory that is not mapped twice.
      const bytes = subject.name === 'mapped' ? record.length : record.length < 8 ? 0 : 8
      const theirs = (expected[i] as Uint8Array).subarray(0, bytes)
      assert.deepEqual(record.subarray(0, bytes), theirs, `${subject.name}: record ${i}`)
    }
  }
}

function mustLookTheSame(judge: Judge, subject: Subject, isCorrupt: boolean): void {
  const { name } = subject
  const { consumer, producer, pending } = judge.ring.positions()
  assert.deepEqual(
    [subject.word(4096), subject.word(8192), subject.pending],
    [consumer, producer, pending].map((position) => Number(BigInt.asUintN(32, BigInt(position)))),
    `${name}: consumer, producer and pending position`,
  )
  assert.equal(subject.readable, judge.readable, `${name}: whether it is readable`)
  const [ours, theirs] = [subject.producer.memory.u8, judge.bytes]
  if (name === 'mapped') {
    // Every byte of the data, also what is stale.
    const [a, b] = [ours, theirs].map((all) =>
      Buffer.from(all.buffer as ArrayBuffer, DATA_OFFSET, RING_BYTES),
    )
    assert.equal(Buffer.compare(a as Buffer, b as Buffer), 0, `${name}: the bytes of the data`)
    return
  }
  // A consumer position that was written by hand stands anywhere: what is there are no headers.
  if (!isCorrupt) headersMustBeTheSame(name, ours, theirs, consumer, producer)
}

function headersMustBeTheSame(
  name: string,
  ours: Uint8Array,
  theirs: Uint8Array,
  consumer: number,
  producer: number,
): void {
  const [a, b] = [ours, theirs].map((all) => new DataView(all.buffer))
  for (let at = consumer; at < producer; ) {
    const header = DATA_OFFSET + (at % RING_BYTES)
    const word = (b as DataView).getUint32(header, true)
    assert.equal((a as DataView).getUint32(header, true), word, `${name}: header at ${at}`)
    assert.equal(
      (a as DataView).getUint32(header + 4, true),
      (b as DataView).getUint32(header + 4, true),
      `${name}: page offset at ${at}`,
    )
    at += ((word & 0x3fff_ffff) + 15) & ~7
  }
}
