/** Delays of records: the clock that takes them, the histograms that count them, and what is kept of them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { ROOT } from '../repo/repository.js'
import { NO_GCC } from '../system/support/c-program.js'

type Buckets = readonly (readonly [number, number])[]
interface Histogram {
  readonly totalCount: number
}
interface Kept {
  readonly case: string
  readonly contestant: string
  readonly points: readonly (readonly [number, number])[]
  readonly records: number
  readonly encoded: string
}
interface Due {
  send(sequence: number, due: number): boolean
}

/** What these tests use of the benchmarks, which are a program of their own, with a build of their own. */
interface Bench {
  readonly nowNs: () => number
  readonly nsBetween: (from: number, to: number) => number
  readonly nsAfter: (from: number, ns: number) => number
  readonly countDelays: (delaysNs: Iterable<number>) => Histogram
  readonly bucketsOf: (histogram: Histogram) => Buckets
  readonly delayUs: (histogram: Histogram, percentile: number) => number
  readonly delayFigures: (histogram: Histogram) => Readonly<Record<string, number>>
  readonly mergeBuckets: (runs: readonly Buckets[]) => Histogram
  readonly keepHistograms: (entries: readonly object[], kind: string) => readonly Kept[]
  readonly sendEvenly: (side: Due, rate: number, warmUpSeconds: number, isOver: () => boolean) => number
  readonly decodeFromCompressedBase64: (encoded: string) => Histogram
}

let bench: Bench

before(async () => {
  const files = ['clock', 'histogram', 'kept-histogram', 'send'].map(
    (file) => `bench/dist/latency/${file}.js`,
  )
  const library = 'node_modules/hdr-histogram-js/dist/index.js'
  const modules = await Promise.all([...files, library].map((file) => import(ROOT + file)))
  bench = Object.assign({}, ...modules)
})

/** Of every size, from a nanosecond to ten seconds, always the same. */
function madeUp(count: number): number[] {
  let seed = 7
  return Array.from({ length: count }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return Math.floor(10 ** ((seed / 2 ** 32) * 10))
  })
}

/** By sorting them all: the smallest that at least so many percent do not exceed. */
function exactUs(delaysNs: readonly number[], percentile: number): number {
  const sorted = [...delaysNs].sort((a, b) => a - b)
  return (sorted[Math.max(0, Math.ceil((sorted.length * percentile) / 100) - 1)] as number) / 1e3
}

test('a percentile is within a thousandth of the exact one, whatever its size', () => {
  const delays = madeUp(20_000)
  const histogram = bench.countDelays(delays)
  for (const percentile of [1, 10, 50, 90, 99, 99.9, 100]) {
    const exact = exactUs(delays, percentile)
    const told = bench.delayUs(histogram, percentile)
    assert.ok(told >= exact && told <= exact * 1.001, `${percentile} %: ${told} us, exactly ${exact}`)
  }
})

test('what came before it was sent, by a hair, has not waited', () => {
  assert.deepEqual(bench.bucketsOf(bench.countDelays([-3, 0, 5])), [
    [0, 2],
    [5, 1],
  ])
})

test('merged runs are what one run of all records would have been', () => {
  const delays = madeUp(9000)
  const parts = [delays.slice(0, 10), delays.slice(10, 4000), delays.slice(4000)]
  const merged = bench.mergeBuckets(parts.map((part) => bench.bucketsOf(bench.countDelays(part))))
  assert.deepEqual(bench.bucketsOf(merged), bench.bucketsOf(bench.countDelays(delays)))
  assert.equal(merged.totalCount, 9000)
})

test('the programs in C count as we do', { skip: NO_GCC }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringbuf-histogram-'))
  const program = join(folder, 'check')
  const source = join(ROOT, 'test/bench/native/histogram-check.c')
  const gcc = spawnSync('gcc', ['-I', join(ROOT, 'bench/native'), '-o', program, source], {
    encoding: 'utf8',
  })
  assert.equal(gcc.status, 0, gcc.stderr)
  // At the edges of buckets too.
  const edges = Array.from({ length: 34 }, (_, bit) => [2 ** bit - 1, 2 ** bit, 2 ** bit + 1]).flat()
  for (const delays of [[0], [2047, 2048, 2049, 2050], edges, madeUp(20_000)]) {
    const { stdout } = spawnSync(program, { input: delays.join('\n'), encoding: 'utf8' })
    const { value, extra, histogram } = JSON.parse(stdout)
    const ours = bench.countDelays(delays)
    assert.deepEqual(histogram, bench.bucketsOf(ours))
    assert.deepEqual(extra, bench.delayFigures(ours))
    assert.equal(value, bench.delayUs(ours, 50))
  }
  rmSync(folder, { recursive: true })
})

test('the compared runs of a contestant are kept as one histogram, to which others can be added', () => {
  const run = (placement: string, histogram?: Buckets) => ({ placement, figure: { value: 1, histogram } })
  const entry = (contestant: string, ...runs: object[]) => ({
    case: { name: 'loaded' },
    contestant: { name: contestant },
    runs,
  })
  const [first, second, ...others] = bench.keepHistograms(
    [
      entry('us', run('near', [[1000, 90]]), run('far', [[5000, 1000]]), run('near', [[2000, 10]])),
      entry('moved', run('far', [[3000, 7]])),
      entry('uncounted', run('near')),
    ],
    'near',
  )
  assert.deepEqual(others, [])
  assert.deepEqual([first?.case, first?.contestant, first?.records], ['loaded', 'us', 100])
  const at = new Map(first?.points)
  assert.deepEqual([at.get(0), at.get(90), at.get(91), at.get(100)], [1, 1, 2, 2])
  assert.ok(
    first && first.points.length > 40 && first.points.every(([, us], i, all) => us >= (all[i - 1]?.[1] ?? 0)),
  )
  assert.equal(bench.decodeFromCompressedBase64(first.encoded).totalCount, 100)
  assert.deepEqual([second?.contestant, second?.records], ['moved', 7])
})

test('the clock goes on when it wraps, and leaves nothing on the heap', () => {
  const almost = 2 ** 31 - 10
  assert.equal(bench.nsBetween(almost, bench.nsAfter(almost, 1e9)), 1e9)
  assert.equal(bench.nsBetween(bench.nsAfter(almost, 50), almost), -50)
  const before = process.hrtime.bigint()
  const began = bench.nowNs()
  let calls = 0
  const spin = (most: number) => {
    for (let i = 0; i < most; i++) if (bench.nsBetween(began, bench.nowNs()) >= 0) calls++
  }
  spin(200_000)
  const heap = process.memoryUsage().heapUsed
  spin(1_000_000)
  const grown = process.memoryUsage().heapUsed - heap
  assert.equal(calls, 1_200_000)
  assert.ok(grown < 4_000_000, `${grown} bytes for a million looks`)
  const passed = bench.nsBetween(began, bench.nowNs())
  assert.ok(Math.abs(Number(process.hrtime.bigint() - before) - passed) < 1e8)
})

test('who is held up is late for all that were due meanwhile, and none is left out', () => {
  const dues: number[] = []
  const lateUs: number[] = []
  let over = false
  const side: Due = {
    send(_, due) {
      dues.push(due)
      lateUs.push(bench.nsBetween(due, bench.nowNs()) / 1e3)
      // Held up for 20 ms, behind the tenth of 10,000 a second.
      if (dues.length === 10) {
        const until = performance.now() + 20
        while (performance.now() < until);
      }
      over = dues.length === 400
      return true
    },
  }
  assert.equal(
    bench.sendEvenly(side, 10_000, 0, () => over),
    400,
  )
  const gaps = dues.slice(1).map((due, i) => bench.nsBetween(dues[i] as number, due))
  assert.deepEqual(new Set(gaps), new Set([100_000]))
  // 200 were due in the meantime: the first of them waited nearly 20 ms, one in the middle half of that.
  assert.ok((lateUs[10] as number) > 19_000, `${lateUs[10]} us`)
  assert.ok((lateUs[110] as number) > 9000, `${lateUs[110]} us`)
})

test('a record that finds no room is sent when there is some, as late as it then is', () => {
  let refused = 0
  const sent: number[] = []
  let over = false
  const side: Due = {
    send(sequence) {
      if (sequence === 3 && refused++ < 5) return false
      sent.push(sequence)
      over = sent.length === 6
      return true
    },
  }
  assert.equal(
    bench.sendEvenly(side, 100_000, 0, () => over),
    6,
  )
  assert.deepEqual(sent, [0, 1, 2, 3, 4, 5])
  // And who never finds room does not try for ever.
  let tries = 0
  assert.equal(
    bench.sendEvenly({ send: () => false }, 100_000, 0, () => ++tries > 100),
    0,
  )
})

test('while it warms up records come ten times as often, and then at the rate that is measured', () => {
  const dues: number[] = []
  const side: Due = { send: (_, due) => dues.push(due) > 0 }
  // Three quarters of two milliseconds, at a hundred thousand a second.
  bench.sendEvenly(side, 10_000, 0.002, () => dues.length === 160)
  const gaps = dues.slice(1).map((due, i) => bench.nsBetween(dues[i] as number, due))
  assert.deepEqual(gaps, [...Array(150).fill(10_000), ...Array(9).fill(100_000)])
  assert.throws(() => bench.sendEvenly(side, 30_000, 0, () => true), /no whole number of nanoseconds/)
})
