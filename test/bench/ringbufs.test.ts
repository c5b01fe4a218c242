/** What the suite `ringbufs` computes, and that its options are those of the kernel's benchmark. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaseName } from 'bpf-ringbuf-bench/cases.js'
import type { SideFigures } from 'bpf-ringbuf-bench/contestant.js'
import { RINGBUFS_CASES } from 'bpf-ringbuf-bench/ringbufs/cases.js'
import { GapCheck, mustBalance } from 'bpf-ringbuf-bench/ringbufs/gap-check.js'
import { DEFAULTS, settingsOf } from 'bpf-ringbuf-bench/ringbufs/options.js'
import { rateOf } from 'bpf-ringbuf-bench/ringbufs/samples.js'
import { ringbufsLines } from 'bpf-ringbuf-bench/ringbufs/table.js'

test('a rate is the mean of the intervals, and the deviation of a sample', () => {
  assert.deepEqual(rateOf([2, 4, 4, 4, 5, 5, 7, 9]), { mean: 5, deviation: Math.sqrt(32 / 7) })
  assert.deepEqual(rateOf([3, 3, 3]), { mean: 3, deviation: 0 })
})

test('records may be missing, but none comes twice or out of order, of each producer by itself', () => {
  const check = new GapCheck(2)
  check.take(0, 0)
  check.take(7, 1)
  check.take(3, 0)
  check.take(8, 1)
  assert.equal(check.received, 4)
  assert.deepEqual([...check.due], [4, 9])
  assert.throws(() => check.take(3, 0), /sequence 3 of producer 0 came out, 4 or more was due/)
  assert.throws(() => check.take(0, 2), /producer 2 came out, there is none/)
})

test('the numbers of a long run wrap, and some may be missing there too', () => {
  const check = new GapCheck(1)
  check.take(0x7fff_fffe, 0)
  check.take(-0x8000_0000, 0)
  assert.equal(check.received, 2)
  assert.throws(() => check.take(0x7fff_ffff, 0), /came out/)
})

test('what went in came out or was dropped, and nothing came out that did not go in', () => {
  mustBalance({ attempted: [10, 5], dropped: 3, hits: 12, due: [10, 4] })
  assert.throws(
    () => mustBalance({ attempted: [10, 5], dropped: 3, hits: 11, due: [10, 4] }),
    /15 records in, 11 out, 3 dropped/,
  )
  assert.throws(
    () => mustBalance({ attempted: [10, 5], dropped: 3, hits: 12, due: [10, 6] }),
    /6 records of producer 1 came out, 5 went in/,
  )
})

test("without options a case is the original's defaults", () => {
  const parallel = RINGBUFS_CASES.find(({ name }) => name === 'rb-parallel')
  assert.deepEqual(parallel?.options, DEFAULTS)
  assert.equal(DEFAULTS['batchCount'], 500)
  assert.equal(DEFAULTS['sampleRate'], 500)
  assert.equal(DEFAULTS['sampled'], false)
})

test('the program in C is told every option as a number', () => {
  const settings = settingsOf({ ...DEFAULTS, sampled: true }, 'custom', false)
  assert.deepEqual(settings, {
    backToBack: 0,
    output: 0,
    batchCount: 500,
    sampled: 1,
    sampleRate: 500,
    producers: 1,
    sameCpu: 0,
    overwrite: 0,
    producerOnly: 0,
    perf: 0,
    custom: 1,
  })
})

test("the table has the original's sections, in their order, and says what failed", () => {
  const result = (name: CaseName, contestant: string, median: number | null, extra: SideFigures) => ({
    case: name,
    contestant,
    median,
    extra,
  })
  const lines = ringbufsLines([
    result('rb-b2b', 'rb-custom', 21.4494, { hitsDeviation: 0.2504, dropsPerSecond: 0, dropsDeviation: 0 }),
    result('rb-parallel', 'rb-libbpf', 12.054, {
      hitsDeviation: 0.32,
      dropsPerSecond: 1.5,
      dropsDeviation: 0.25,
    }),
    result('rb-parallel', 'rb-custom', null, {}),
    result('throughput-1p1c-64B', 'ours-wasm', 30, {}),
  ])
  assert.deepEqual(lines, [
    'Single-producer, parallel producer',
    '==================================',
    'rb-parallel            rb-libbpf          hits   12.054 ± 0.320 M/s   drops    1.500 ± 0.250 M/s',
    'rb-parallel            rb-custom          failed',
    '',
    'Single-producer, back-to-back mode',
    '==================================',
    'rb-b2b                 rb-custom          hits   21.449 ± 0.250 M/s   drops    0.000 ± 0.000 M/s',
  ])
})
