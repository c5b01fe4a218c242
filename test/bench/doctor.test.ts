/** What the doctor makes of a machine, and of the runs of a suite. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conclusion } from 'bpf-ringbuf-bench/doctor/command.js'
import { isTooNoisy, judge } from 'bpf-ringbuf-bench/doctor/judge.js'
import { type Readings, readMachine } from 'bpf-ringbuf-bench/doctor/readings.js'
import { judgeSuite, type Runs, verdictLine } from 'bpf-ringbuf-bench/doctor/suite.js'
import { quartileSpread } from 'bpf-ringbuf-bench/statistics.js'

const quiet: Readings = {
  cpus: 2,
  wallMs: 10_000,
  roundTripsNs: Array<number>(20).fill(130),
  stolenMs: 0,
  othersMs: 100,
  clockStepNs: 40,
  clockReadNs: 50,
  without: { gcc: null, taskset: null, bpf: null },
}

/** What is wrong with a machine that differs from a quiet one in this. */
function complaints(changes: Partial<Readings>): string[] {
  const findings = judge({ ...quiet, ...changes })
  return findings
    .filter(({ verdict }) => verdict !== 'good')
    .map(({ what, verdict }) => `${what}: ${verdict}`)
}

test('a quiet machine is fit to be believed', () => {
  assert.deepEqual(complaints({}), [])
  assert.equal(conclusion(judge(quiet)), 'This machine is fit to be believed now.')
})

test('a machine whose hypervisor takes time away is too noisy', () => {
  assert.deepEqual(complaints({ stolenMs: 190 }), [])
  assert.deepEqual(complaints({ stolenMs: 250 }), ['stolen time: noisy'])
})

test('a crowded machine is too noisy', () => {
  assert.deepEqual(complaints({ othersMs: 490 }), [])
  assert.deepEqual(complaints({ othersMs: 510 }), ['other processes: noisy'])
  assert.match(conclusion(judge({ ...quiet, othersMs: 5000 })), /Do not believe .*: other processes\./)
})

test('cpus that stand far apart are noted, and those that are moved about are too noisy', () => {
  assert.deepEqual(complaints({ roundTripsNs: Array<number>(20).fill(600) }), ['placement: note'])
  const moved = [...Array<number>(10).fill(130), ...Array<number>(10).fill(600)]
  assert.deepEqual(complaints({ roundTripsNs: moved }), ['placement: noisy'])
  // One in twenty is no reason: such runs are set aside.
  assert.deepEqual(complaints({ roundTripsNs: [600, ...Array<number>(19).fill(130)] }), [])
})

test('what is missing is noted, with what follows from it', () => {
  const without = { gcc: 'no gcc', taskset: 'no taskset', bpf: 'no CAP_BPF' }
  const changes = { without, roundTripsNs: [null] }
  assert.deepEqual(complaints(changes), ['placement: note', 'gcc: note', 'taskset: note', 'bpf: note'])
  const findings = judge({ ...quiet, ...changes })
  assert.equal(isTooNoisy(findings), false)
  assert.match(findings.at(-1)?.says ?? '', /no CAP_BPF; so the kernel's own ring is absent/)
})

test('one cpu, or a clock too coarse for latencies, is too noisy', () => {
  assert.deepEqual(complaints({ cpus: 1 }), ['cpus: noisy'])
  assert.deepEqual(complaints({ clockStepNs: 1e6 }), ['clock: noisy'])
})

test('readings of this machine are numbers', async () => {
  const readings = await readMachine(0.2)
  assert.ok(readings.wallMs >= 200)
  assert.ok(readings.roundTripsNs.length > 0)
  for (const number of [readings.stolenMs, readings.othersMs, readings.clockStepNs, readings.clockReadNs]) {
    assert.ok(Number.isFinite(number) && number >= 0)
  }
  assert.ok(judge(readings).every(({ says }) => !/NaN|undefined/.test(says)))
})

const steady: Runs = { runs: [99, 100, 101, 100, 100], placements: Array(5).fill('near') }

test('runs that agree are believed', () => {
  const verdict = judgeSuite([steady, steady], 'near')
  assert.deepEqual(verdict.doubts, [])
  assert.equal(
    verdictLine(verdict),
    "10 runs; set aside: 0 disturbed, 0 with the cpus elsewhere; the middle half of a contestant's runs spans 0.0 %",
  )
})

test('runs of another kind and disturbed ones are counted, and do not count in the spread', () => {
  const some: Runs = { runs: [99, 100, 101, 5, 900], placements: ['near', 'near', 'near', 'far', 'crowded'] }
  const verdict = judgeSuite([some], 'near')
  assert.equal(verdict.disturbed, 1)
  assert.equal(verdict.otherKind, 1)
  assert.equal(verdict.spread, 0.01)
  assert.deepEqual(verdict.doubts, [])
})

test('a suite most of whose runs were disturbed, or elsewhere, is not believed', () => {
  const disturbed: Runs = { ...steady, placements: ['near', 'crowded', 'crowded', 'crowded', 'crowded'] }
  assert.match(judgeSuite([disturbed], 'crowded').doubts.join(), /most runs were disturbed/)
  const elsewhere: Runs = { ...steady, placements: ['near', 'near', 'far', 'smt', 'mixed'] }
  assert.match(judgeSuite([elsewhere], 'near').doubts.join(), /fewer than half/)
  assert.match(verdictLine(judgeSuite([disturbed], 'crowded')), /TOO NOISY TO BELIEVE/)
})

test('runs that vary too much are not believed, and of too few it says so', () => {
  const wild: Runs = { ...steady, runs: [50, 80, 100, 130, 200] }
  assert.match(judgeSuite([wild, wild, steady], 'near').doubts.join(), /runs vary more than the 20 %/)
  // What matters is the contestant in the middle, not the worst.
  assert.deepEqual(judgeSuite([wild, steady, steady], 'near').doubts, [])
  const one: Runs = { runs: [100], placements: ['near'] }
  assert.match(verdictLine(judgeSuite([one], 'near')), /^1 run; .*; too few to tell how they vary$/)
  assert.match(judgeSuite([], 'unknown').doubts.join(), /nothing was measured/)
})

test('the spread is that of the middle half, as a share of the median', () => {
  assert.equal(quartileSpread([10, 20, 30, 40, 50]), 20 / 30)
  assert.equal(quartileSpread([50, 10, 40, 20, 30, 1000, 1]), (45 - 15) / 30)
  assert.equal(quartileSpread([7, 7, 7]), 0)
})
