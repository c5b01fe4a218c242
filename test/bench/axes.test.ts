import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { ROOT, runNode } from '../repo/repository.js'

interface Offered {
  readonly lostPercent: number
  readonly offeredMPerSecond: number
  readonly mPerSecond: number
}
interface Load {
  readonly rate: number
  readonly producers: number
  readonly bursts: boolean
}
interface Point {
  readonly at: number
  readonly value: number | null
  readonly doubtful?: boolean
  readonly offered?: number
}
interface Curves {
  readonly at: readonly number[]
  readonly curves: readonly { readonly contestant: string; readonly points: readonly Point[] }[]
}
interface Case {
  readonly name: string
  readonly axis: { readonly chart: string; readonly at: number }
}

/** What these tests use of the suite `axes`: the benchmarks are a program of their own, with a build of their own. */
interface Suite {
  readonly dueUntil: (load: Load, producer: number, ms: number) => number
  readonly mostAtOnce: (load: Load) => number
  readonly GapsCheck: new (producers: number) => { take(sequence: number): void; readonly received: number }
  readonly firstSequence: (producer: number) => number
  readonly produceOffered: (sides: readonly object[], load: Load, task: object) => Offered
  readonly createControl: () => Int32Array
  readonly PRODUCED: number
  readonly curvesOf: (results: readonly object[]) => readonly Curves[]
  readonly onset: (points: readonly Point[], level: number) => number | null
  readonly curveText: (curves: Curves) => string
  readonly placeText: (at: number, unit: string) => string
  readonly casesAt: (
    pointsOf: (chart: { points: number[]; quick: number[]; smoke: number[] }) => number[],
  ) => Case[]
  readonly SUITES: Readonly<Record<string, object>>
  readonly chosenCases: (suite: object, plan: string, choice: object) => readonly { readonly name: string }[]
  readonly chosenContestants: (suite: object, plan: string, choice: object) => readonly string[]
  readonly axisCases: (chart: string, measure: (at: number) => unknown) => Record<string, unknown>
}

let suite: Suite

before(async () => {
  const { code, output } = runNode(`${ROOT}node_modules/typescript/bin/tsc`, '-p', 'bench')
  assert.equal(code, 0, output)
  const files = ['schedule', 'gaps-check', 'offered', 'curves', 'curve-text', 'charts'].map(
    (file) => `axes/${file}`,
  )
  const modules = await Promise.all(
    [...files, 'sequence', 'threads/control', 'choice', 'suites'].map(
      (file) => import(`${ROOT}bench/dist/${file}.js`),
    ),
  )
  suite = Object.assign({}, ...modules)
})

test('an even load is due in proportion to time, each producer its share', () => {
  const load = { rate: 2_000_000, producers: 4, bursts: false }
  assert.equal(suite.dueUntil(load, 0, 0), 0)
  assert.equal(suite.dueUntil(load, 3, 10), 5000)
})

test('bursts make up in one millisecond for ten', () => {
  const load = { rate: 1_000_000, producers: 1, bursts: true }
  const due = (ms: number) => Math.round(suite.dueUntil(load, 0, ms))
  assert.deepEqual([0, 0.5, 1, 5, 10, 10.5, 20].map(due), [0, 5000, 10_000, 10_000, 10_000, 15_000, 20_000])
})

test('bursts of several producers come one after the other, and none is lost', () => {
  const load = { rate: 4_000_000, producers: 4, bursts: true }
  const inside = (producer: number, from: number, to: number) =>
    Math.round(suite.dueUntil(load, producer, to) - suite.dueUntil(load, producer, from))
  for (const producer of [0, 1, 2, 3]) {
    const begin = 20 + producer * 2.5
    assert.equal(inside(producer, begin, begin + 1), 10_000, `producer ${producer} has its burst`)
    assert.equal(inside(producer, begin + 1, begin + 10), 0, `producer ${producer} is quiet`)
    assert.equal(Math.round(suite.dueUntil(load, producer, 100)), 100_000)
  }
})

test('records that come once, in the order of their producers, are taken though some are missing', () => {
  const check = new suite.GapsCheck(2)
  const second = suite.firstSequence(1)
  for (const sequence of [0, second + 3, 2, second + 4, 7]) check.take(sequence)
  assert.equal(check.received, 5)
  assert.throws(() => check.take(7), /7 came out, after 7/)
  assert.throws(() => check.take(second), /came out, after/)
  assert.throws(() => check.take(suite.firstSequence(2)), /never put in/)
})

test('what finds no room is lost, never offered again, and in the books', () => {
  const load = { rate: 100_000, producers: 1, bursts: false }
  const control = suite.createControl()
  const seen: number[] = []
  const payload = new Uint8Array(64)
  const words = new Int32Array(payload.buffer)
  const side = {
    payload,
    push() {
      seen.push(words[0] as number)
      return seen.length % 4 !== 0
    },
  }
  const found = suite.produceOffered([side], load, { control, warmUpSeconds: 0.01, seconds: 0.05 })
  assert.ok(seen.length > 100, `${seen.length} were offered`)
  assert.deepEqual(seen, [...seen.keys()])
  const accepted = seen.filter((_, index) => (index + 1) % 4 !== 0).length
  assert.equal(control[suite.PRODUCED], accepted)
  assert.ok(Math.abs(found.lostPercent - 25) < 0.5, `${found.lostPercent} % lost`)
  assert.ok(found.offeredMPerSecond <= 0.105, `${found.offeredMPerSecond} M/s offered`)
  assert.ok(found.mPerSecond < found.offeredMPerSecond)
})

const result = (contestant: string, at: number, median: number | null, more: object = {}) => ({
  case: `axis-loss-0ns-${at}`,
  contestant,
  unit: '% lost',
  median,
  min: median,
  max: median,
  compared: 3,
  extra: {},
  axis: { chart: 'loss-0ns', name: 'offered load', unit: 'records/s', at },
  ...more,
})

test('results become curves: a place for each point, whoever has it, in ascending order', () => {
  const results = [
    result('a', 5e6, 10, { min: 1, max: 20 }),
    result('a', 2e6, 0.01),
    result('b', 10e6, null),
    result('b', 5e6, 3, { extra: { offeredMPerSecond: 4 } }),
    result('b', 2e6, 0, { compared: 0, extra: { offeredMPerSecond: 1.99 } }),
    { ...result('c', 1, 1), axis: undefined },
  ]
  const [curves, ...others] = suite.curvesOf(results) as [Curves, ...Curves[]]
  assert.deepEqual(others, [])
  assert.deepEqual(curves.at, [2e6, 5e6, 10e6])
  assert.deepEqual(curves.curves, [
    {
      contestant: 'a',
      points: [
        { at: 2e6, value: 0.01, doubtful: false },
        { at: 5e6, value: 10, doubtful: true },
      ],
    },
    {
      contestant: 'b',
      points: [
        { at: 2e6, value: 0, doubtful: true },
        { at: 5e6, value: 3, doubtful: false, offered: 4 },
        { at: 10e6, value: null, doubtful: false },
      ],
    },
  ])
  const rows = suite
    .curveText(curves)
    .split('\n')
    .filter((line) => /^│ \d+ M\/s/.test(line))
  const cells = rows.map((row) =>
    row
      .split('│')
      .map((text) => text.trim())
      .slice(1, -1),
  )
  assert.deepEqual(cells, [
    ['2 M/s', '0.01', '~0.00'],
    ['5 M/s', '~10.0', '3.00 @4.0M'],
    ['10 M/s', '-', '-'],
  ])
  assert.match(suite.curveText(curves), /losses begin .*: a at 5 M\/s, b at 5 M\/s/)
})

test('losses begin where they stay, not where one run was disturbed', () => {
  const points = (...values: number[]) => values.map((value, index) => ({ at: index + 1, value }))
  assert.equal(suite.onset(points(0, 0, 2, 9), 0.1), 3)
  assert.equal(suite.onset(points(0, 5, 0, 9), 0.1), 4)
  assert.equal(suite.onset(points(0, 0, 0.1), 0.1), null)
})

test('places are written in the largest unit that fits', () => {
  const cases: [number, string, string][] = [
    [512, 'bytes', '512 B'],
    [4096, 'bytes', '4 KiB'],
    [2 ** 26, 'bytes', '64 MiB'],
    [500_000, 'records/s', '500 k/s'],
    [1_500_000, 'records/s', '1.5 M/s'],
    [16, 'threads', '16'],
  ]
  for (const [at, unit, text] of cases) assert.equal(suite.placeText(at, unit), text)
})

test('each point is a case of its own, and the points of the short plans are among them', () => {
  const names = suite.casesAt(({ points }) => points).map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const fewer of [suite.casesAt(({ quick }) => quick), suite.casesAt(({ smoke }) => smoke)]) {
    assert.ok(fewer.length > 0)
    for (const { name } of fewer) assert.ok(names.includes(name), name)
  }
  assert.deepEqual(Object.keys(suite.axisCases('cpu', (at) => (at > 10e3 ? at : undefined))), [
    'axis-cpu-100000',
    'axis-cpu-1000000',
  ])
  assert.throws(() => suite.axisCases('nonsense', () => 0), /no chart "nonsense"/)
})

test('short plans have fewer points, unless one is asked for by its name', () => {
  const axes = suite.SUITES['axes'] as object
  const names = (plan: string, choice: object) =>
    suite.chosenCases(axes, plan, choice).map(({ name }) => name)
  assert.deepEqual(names('quick', { chart: ['cpu'] }), ['axis-cpu-10000', 'axis-cpu-1000000'])
  assert.equal(names('full', { chart: ['cpu'] }).length, 3)
  assert.deepEqual(names('quick', { case: ['axis-cpu-100000'] }), ['axis-cpu-100000'])
  assert.deepEqual(suite.chosenCases(suite.SUITES['core'] as object, 'full', { chart: ['cpu'] }), [])
  assert.ok(names('smoke', {}).length < names('quick', {}).length)
  assert.ok(
    suite.chosenContestants(axes, 'smoke', {}).length < suite.chosenContestants(axes, 'quick', {}).length,
  )
  assert.deepEqual(suite.chosenContestants(axes, 'smoke', { contestant: ['kernel'] }), ['kernel'])
})
