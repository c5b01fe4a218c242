/** What the suite `axes` computes: loads, losses, curves, and which points there is time for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisCases, casesAt } from 'bpf-ringbuf-bench/axes/charts.js'
import { curveText, placeText } from 'bpf-ringbuf-bench/axes/curve-text.js'
import { type Curves, curvesOf, onset, type Placed } from 'bpf-ringbuf-bench/axes/curves.js'
import { GapsCheck } from 'bpf-ringbuf-bench/axes/gaps-check.js'
import { produceOffered } from 'bpf-ringbuf-bench/axes/offered.js'
import { dueUntil } from 'bpf-ringbuf-bench/axes/schedule.js'
import { type Choice, chosenCases, chosenContestants } from 'bpf-ringbuf-bench/choice.js'
import { firstSequence } from 'bpf-ringbuf-bench/sequence.js'
import { type Length, SUITES, type Suite } from 'bpf-ringbuf-bench/suites.js'
import { createControl, PRODUCED } from 'bpf-ringbuf-bench/threads/control.js'

test('an even load is due in proportion to time, each producer its share', () => {
  const load = { rate: 2_000_000, producers: 4, bursts: false }
  assert.equal(dueUntil(load, 0, 0), 0)
  assert.equal(dueUntil(load, 3, 10), 5000)
})

test('bursts make up in one millisecond for ten', () => {
  const load = { rate: 1_000_000, producers: 1, bursts: true }
  const due = (ms: number) => Math.round(dueUntil(load, 0, ms))
  assert.deepEqual([0, 0.5, 1, 5, 10, 10.5, 20].map(due), [0, 5000, 10_000, 10_000, 10_000, 15_000, 20_000])
})

test('bursts of several producers come one after the other, and none is lost', () => {
  const load = { rate: 4_000_000, producers: 4, bursts: true }
  const inside = (producer: number, from: number, to: number) =>
    Math.round(dueUntil(load, producer, to) - dueUntil(load, producer, from))
  for (const producer of [0, 1, 2, 3]) {
    const begin = 20 + producer * 2.5
    assert.equal(inside(producer, begin, begin + 1), 10_000, `producer ${producer} has its burst`)
    assert.equal(inside(producer, begin + 1, begin + 10), 0, `producer ${producer} is quiet`)
    assert.equal(Math.round(dueUntil(load, producer, 100)), 100_000)
  }
})

test('records that come once, in the order of their producers, are taken though some are missing', () => {
  const check = new GapsCheck(2)
  const second = firstSequence(1)
  for (const sequence of [0, second + 3, 2, second + 4, 7]) check.take(sequence)
  assert.equal(check.received, 5)
  assert.throws(() => check.take(7), /7 came out, after 7/)
  assert.throws(() => check.take(second), /came out, after/)
  assert.throws(() => check.take(firstSequence(2)), /never put in/)
})

test('what finds no room is lost, never offered again, and in the books', () => {
  const load = { rate: 100_000, producers: 1, bursts: false }
  const control = createControl()
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
  const found = produceOffered([side], load, { control, warmUpSeconds: 0.01, seconds: 0.05 })
  assert.ok(seen.length > 100, `${seen.length} were offered`)
  assert.deepEqual(seen, [...seen.keys()])
  const accepted = seen.filter((_, index) => (index + 1) % 4 !== 0).length
  assert.equal(control[PRODUCED], accepted)
  assert.ok(Math.abs(found.lostPercent - 25) < 0.5, `${found.lostPercent} % lost`)
  assert.ok(found.offeredMPerSecond <= 0.105, `${found.offeredMPerSecond} M/s offered`)
  assert.ok(found.mPerSecond < found.offeredMPerSecond)
})

const result = (
  contestant: string,
  at: number,
  median: number | null,
  more: Partial<Placed> = {},
): Placed => ({
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
  const { axis: _, ...elsewhere } = result('c', 1, 1)
  const results = [
    result('a', 5e6, 10, { min: 1, max: 20 }),
    result('a', 2e6, 0.01),
    result('b', 10e6, null),
    result('b', 5e6, 3, { extra: { offeredMPerSecond: 4 } }),
    result('b', 2e6, 0, { compared: 0, extra: { offeredMPerSecond: 1.99 } }),
    elsewhere,
  ]
  const [curves, ...others] = curvesOf(results) as [Curves, ...Curves[]]
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
  const rows = curveText(curves)
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
  assert.match(curveText(curves), /losses begin .*: a at 5 M\/s, b at 5 M\/s/)
})

test('losses begin where they stay, not where one run was disturbed', () => {
  const points = (...values: number[]) => values.map((value, index) => ({ at: index + 1, value }))
  assert.equal(onset(points(0, 0, 2, 9), 0.1), 3)
  assert.equal(onset(points(0, 5, 0, 9), 0.1), 4)
  assert.equal(onset(points(0, 0, 0.1), 0.1), null)
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
  for (const [at, unit, text] of cases) assert.equal(placeText(at, unit), text)
})

test('each point is a case of its own, and the points of the short plans are among them', () => {
  const names = casesAt(({ points }) => points).map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const fewer of [casesAt(({ quick }) => quick), casesAt(({ smoke }) => smoke)]) {
    assert.ok(fewer.length > 0)
    for (const { name } of fewer) assert.ok(names.includes(name), name)
  }
  assert.deepEqual(Object.keys(axisCases('cpu', (at) => (at > 10e3 ? at : undefined))), [
    'axis-cpu-100000',
    'axis-cpu-1000000',
  ])
  assert.throws(() => axisCases('nonsense', () => 0), /no chart "nonsense"/)
})

test('short plans have fewer points, unless one is asked for by its name', () => {
  const axes = SUITES['axes'] as Suite
  const names = (length: Length, choice: Choice) => chosenCases(axes, length, choice).map(({ name }) => name)
  const contestants = (length: Length) =>
    chosenContestants(axes, length, {})?.length ?? Number.POSITIVE_INFINITY
  assert.deepEqual(names('quick', { chart: ['cpu'] }), ['axis-cpu-10000', 'axis-cpu-1000000'])
  assert.equal(names('full', { chart: ['cpu'] }).length, 3)
  assert.deepEqual(names('quick', { case: ['axis-cpu-100000'] }), ['axis-cpu-100000'])
  assert.deepEqual(chosenCases(SUITES['core'] as Suite, 'full', { chart: ['cpu'] }), [])
  assert.ok(names('smoke', {}).length < names('quick', {}).length)
  assert.ok(contestants('smoke') < contestants('quick'))
  assert.deepEqual(chosenContestants(axes, 'smoke', { contestant: ['kernel'] }), ['kernel'])
})
