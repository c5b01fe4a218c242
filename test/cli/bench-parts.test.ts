import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { describe, test } from 'node:test'
import { casesFor } from '#dist/cli/bench/cases.js'
import { drawBars } from '#dist/cli/bench/chart.js'
import { LoadMeter } from '#dist/cli/bench/load.js'
import { leftOut, report } from '#dist/cli/bench/report.js'
import type { Entry } from '#dist/cli/bench/rounds.js'
import { createControl, enterProduced, isStopped } from '#dist/cli/bench/run/control.js'
import { Inspector } from '#dist/cli/bench/run/inspector.js'
import { newRecord } from '#dist/cli/bench/run/record.js'
import type { Figures, Task } from '#dist/cli/bench/run/task.js'
import { Window } from '#dist/cli/bench/run/window.js'
import { median, quantile, shuffled } from '#dist/cli/bench/statistics.js'
import { type Summary, summarize } from '#dist/cli/bench/summary.js'
import { showFigure, showRatio, showSpread } from '#dist/cli/bench/table.js'

const task: Task = {
  contestant: 'made up',
  pace: 'flood',
  producers: 2,
  bytes: 64,
  ringBytes: 4096,
  warmUpMs: 0,
  measuredMs: 0,
}

/** A record as a producer sends it. */
function record(sequence: number, producer = 0, bytes = task.bytes): Float64Array {
  const made = newRecord(bytes, producer)
  made[0] = sequence
  made[made.length - 1] = sequence
  return made
}

describe('statistics', () => {
  test('medians and quantiles', () => {
    assert.equal(median([3, 1, 2]), 2)
    assert.equal(median([4, 1, 2, 3]), 2.5)
    assert.ok(Number.isNaN(median([])))
    assert.equal(quantile([5, 1, 4, 2, 3], 0.5), 3)
    assert.equal(
      quantile(
        Array.from({ length: 1000 }, (_, i) => i),
        0.99,
      ),
      990,
    )
    assert.equal(quantile([7], 0.99), 7)
  })

  test('a shuffled copy is in the order of chance', () => {
    assert.deepEqual(
      shuffled([1, 2, 3], () => 0),
      [2, 3, 1],
    )
  })
})

describe('Window', () => {
  test('counts a second between the two looks that opened and closed it', () => {
    const window = new Window(100, 1000)
    assert.equal(window.isOverWith(5, 10), false)
    assert.equal(window.isOverWith(50, 109), false)
    assert.equal(window.isOpen, false)
    assert.equal(window.isOverWith(100, 130), false)
    assert.equal(window.isOpen, true)
    assert.equal(window.isOverWith(900, 1129), false)
    assert.ok(Number.isNaN(window.perSecond))
    assert.equal(window.isOverWith(2100, 2130), true)
    assert.equal(window.perSecond, 1000)
  })
})

describe('Inspector', () => {
  const take = (inspector: Inspector, taken: Float64Array) => inspector.takeFrom(taken, 0, taken.length)

  test('takes the records of each producer in its order, and is complete with what was produced', () => {
    const inspector = new Inspector(task, createControl())
    for (const [sequence, producer] of [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 0],
      [2, 1],
    ] as const) {
      take(inspector, record(sequence, producer))
    }
    assert.equal(inspector.received, 5)
    enterProduced(inspector.control, 2)
    assert.equal(inspector.isComplete(), false)
    enterProduced(inspector.control, 3)
    assert.equal(inspector.isComplete(), true)
  })

  for (const [what, wrong, words] of [
    ['missing', record(2), /record 2 .* of producer 0 came out, 1 was due/],
    ['doubled', record(0), /record 0 .* came out, 1 was due/],
    ['of nobody', record(0, 2), /of producer 2 came out, undefined was due/],
    ['too long', record(1, 0, 72), /a record of 72 bytes came out/],
    ['torn', record(1).with(-1, 0), /record 1 \(0 at its end\)/],
  ] as const) {
    test(`one that is ${what} is thrown`, () => {
      const inspector = new Inspector(task, createControl())
      take(inspector, record(0))
      assert.throws(() => take(inspector, wrong), words)
    })
  }

  test('more than went in came out; or less, and nothing comes any more', async () => {
    const more = new Inspector({ ...task, producers: 1 }, createControl())
    take(more, record(0))
    enterProduced(more.control, 0)
    assert.throws(() => more.isComplete(), /0 records went in, 1 came out/)
    const less = new Inspector({ ...task, producers: 1 }, createControl())
    take(less, record(0))
    enterProduced(less.control, 2)
    assert.equal(less.isComplete(), false)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    assert.throws(() => less.isComplete(), /2 records went in, 1 came out/)
  })

  test('its clock starts with the first record; when the time is over producers are stopped', async () => {
    const inspector = new Inspector(task, createControl())
    assert.equal(inspector.isOver(), false)
    assert.equal(inspector.isOver(), false)
    take(inspector, record(0))
    assert.equal(inspector.isOver(), false)
    await new Promise((resolve) => setTimeout(resolve, 5))
    take(inspector, record(1))
    assert.equal(inspector.isOver(), true)
    assert.equal(isStopped(inspector.control), true)
    const figures = inspector.figures()
    assert.equal(figures?.records, 2)
    assert.ok(figures.value > 0 && figures.value < 0.001)
  })
})

/* The report, of made-up figures. */

const [single, , , , wakeUp] = casesFor(undefined, 4)

function entry(item: Entry['case'] | undefined, name: string, ours: boolean, runs: Figures[]): Entry {
  const contestant = { name, about: `about ${name}`, ours } as Entry['contestant']
  return { case: item as Entry['case'], contestant, task, runs, errors: [] }
}

const rates = (...values: number[]) => values.map((value) => ({ value, records: 1000 }))
const times = (...pairs: [number, number][]) => pairs.map(([value, p99]) => ({ value, p99, records: 10 }))

function summaryOf(entries: Entry[], cpus = 2, others = 0.1): Summary {
  return summarize({
    field: { entries, absent: [{ contestant: 'kernel', reason: 'not here' }] },
    settings: { cases: [], rounds: 3, warmUpMs: 100, measuredMs: 200, ringBytes: 2 ** 20, json: false },
    machine: { cpu: 'A processor', cpus, system: 'Linux', node: 'v20' },
    others,
    seconds: 12,
    interrupted: false,
  })
}

const summary = summaryOf([
  entry(single, 'ring', true, rates(9, 12, 10)),
  entry(single, 'postMessage', false, rates(0.5, 0.4, 0.6)),
  entry(wakeUp, 'ring', true, times([10, 50], [20, 60], [15, 500])),
  entry(wakeUp, 'postMessage', false, times([30, 90], [30, 80], [30, 70])),
])

describe('the summary', () => {
  test('has medians, what they lie between, and ratios in which more is better', () => {
    const figures = summary.results.map(({ value, min, max, p99, ratio, unit }) => [
      value,
      min,
      max,
      p99,
      ratio,
      unit,
    ])
    assert.deepEqual(figures, [
      [10, 9, 12, null, 20, 'M records/s'],
      [0.5, 0.4, 0.6, null, 1, 'M records/s'],
      [15, 10, 20, 60, 2, 'us'],
      [30, 30, 30, 80, 1, 'us'],
    ])
    assert.equal(summary.ok, true)
    assert.equal(summary.results[0]?.records, 3000)
  })

  test('without figures, or without the yardstick, there is no ratio', () => {
    const { results, ok } = summaryOf([entry(single, 'ring', true, [])])
    assert.deepEqual([results[0]?.value, results[0]?.min, results[0]?.ratio], [null, null, null])
    assert.equal(ok, true)
    assert.equal(summaryOf([]).ok, false)
    const failed = { ...entry(single, 'ring', true, rates(1)), errors: ['lost'] }
    assert.equal(summaryOf([failed]).ok, false)
  })
})

describe('LoadMeter', () => {
  test('has the average of all that was measured, and never less than nothing', () => {
    const load = new LoadMeter()
    assert.equal(load.others, 0)
    load.add(50, 100)
    load.add(0, 100)
    assert.equal(load.others, 0.25)
    load.add(-100, 100)
    assert.equal(load.others, 0)
  })

  test('what this process does is its own', async () => {
    const load = new LoadMeter()
    const busy = async () => {
      for (const end = performance.now() + 300; performance.now() < end; );
    }
    assert.equal(await load.around(async () => 'answer'), 'answer')
    const other = spawn(process.execPath, ['-e', 'for (;;);'])
    await new Promise((resolve) => setTimeout(resolve, 200))
    const loaded = new LoadMeter()
    await loaded.around(busy)
    other.kill()
    // The other has had at least the half of a processor.
    assert.ok(loaded.others > 0.3, `${loaded.others}`)
  })
})

test('who is left out for one reason is named in one line, which is not too long', () => {
  const reason = 'cannot call: install it (node:ffi: none; koffi: none)'
  const absent = ['kernel', 'mapped'].map((contestant) => ({ contestant, reason }))
  assert.deepEqual(leftOut([...absent, { contestant: 'pipe', reason: 'open(2) x: EPERM\n' }]), [
    'left out: kernel, mapped: cannot call: install it',
    'left out: pipe: open(2) x: EPERM\\x0a',
  ])
})

describe('the report', () => {
  const plain = (_style: string, text: string) => text

  test('bars are as long as the values, and all of them are seen', () => {
    const lengths = drawBars([10, 5, 0.001, 0], 40).map((bar) => bar.length)
    assert.deepEqual(lengths, [40, 20, 1, 0])
    assert.deepEqual(drawBars([3], 10), ['█'.repeat(10)])
  })

  test('figures, spreads and ratios', () => {
    assert.deepEqual([0.123, 9.876, 98.76, 1234.5, null].map(showFigure), [
      '0.12',
      '9.88',
      '98.8',
      '1,235',
      '-',
    ])
    assert.equal(showSpread({ value: 10, min: 9, max: 12, runs: [9, 10, 12] }), '±20 %')
    assert.equal(showSpread({ value: 10, min: 10, max: 10, runs: [10] }), '')
    assert.deepEqual([0.004, 0.456, 1, 9.96, 47.6, null].map(showRatio), [
      '<0.01 x',
      '0.46 x',
      '1.0 x',
      '10.0 x',
      '48 x',
      '-',
    ])
  })

  for (const columns of [30, 44, 60, 80, 120, 300]) {
    test(`fits into ${columns} columns`, () => {
      const lines = report(summary, columns, plain).split('\n')
      const rows = lines.filter((line) => /^(ring|postMessage) .* x$/.test(line))
      assert.equal(rows.length, 4)
      assert.ok(
        rows.every((row) => row.length <= Math.max(38, Math.min(columns, 120))),
        rows.join('\n'),
      )
      const bars = rows.map((row) => row.split('█').length - 1)
      if (columns < 44) return assert.deepEqual(bars, [0, 0, 0, 0])
      if (columns < 60) return
      assert.equal(bars[0], Math.max(...bars))
      assert.ok((bars[0] as number) >= 10 * (bars[1] as number) && (bars[1] as number) >= 1)
      assert.ok(Math.abs((bars[3] as number) - 2 * (bars[2] as number)) <= 1)
      assert.ok(rows[0]?.includes('±20 %'))
    })
  }

  test('says what was measured on what, and what makes the figures mean less', () => {
    const text = report(summary, 80, plain)
    for (const line of [
      '1 producer, records of 64 bytes  single; more is better',
      'a lonely record wakes its consumer  wake-up; less is better',
      'ring         about ring',
      'A processor, 2 processors',
      'Linux, Node v20',
      'medians of 3 rounds of 200 ms each; ring of 1 MiB',
      'left out: kernel: not here',
      '✓ 6,060 records in 12 s, each one checked: once, whole, in order',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} in:\n${text}`)
    }
    const failed = { ...entry(single, 'ring', true, rates(1)), errors: ['lost'] }
    assert.match(report(summaryOf([failed]), 80, plain), /^✗ 1 run failed; of the others 1,000 records in/m)
    assert.doesNotMatch(text, /take turns|other programs/)
    assert.match(report(summaryOf([entry(single, 'ring', true, rates(1))], 1), 80, plain), /take turns/)
    assert.match(
      report(summaryOf([entry(single, 'ring', true, rates(1))], 2, 0.64), 80, plain),
      /^other programs kept 0.6 processors busy/m,
    )
  })
})
