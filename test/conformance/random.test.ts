/** Random operations, on two rings at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCases } from '#conformance/parse.js'
import { commandOf } from '#conformance/plugins.js'
import { compareRandomly } from '#conformance/random/compare.js'
import { runCases } from '#conformance/run.js'
import { NO_GCC } from '../system/support/c-program.js'
import { NO_BPF } from '../system/support/door.js'

const LIMIT_MS = 60_000
const options = { operations: 2000, seed: Number(process.env['RINGBUF_SEED'] ?? 1), limitMs: LIMIT_MS }

for (const [judge, judged, skip] of [
  ['kernel', 'wasm', NO_BPF],
  ['c', 'js-lock', NO_GCC],
] as const) {
  test(`'${judged}' answers as '${judge}' does`, { skip }, async () => {
    const { operations, difference } = await compareRandomly([commandOf(judge), commandOf(judged)], options)
    assert.equal(difference, undefined)
    assert.ok(operations >= options.operations)
  })
}

test('a difference is told as a case, which one passes and the other does not', {
  skip: NO_GCC,
}, async () => {
  const [good, faulty] = [commandOf('c'), commandOf('c --fault padded-length')]
  const { difference } = await compareRandomly([good, faulty], { ...options, operations: 100_000 })
  assert.match(difference ?? '', /^ {2}create .*\n {2}# got .*\n$/s)
  const cases = parseCases('x.ring', `case found\ncovers R1\n${difference}`)
  const failuresOf = async (command: readonly string[]) =>
    (await runCases(command, cases, { limitMs: LIMIT_MS })).failures.length
  assert.equal(await failuresOf(good), 0)
  assert.equal(await failuresOf(faulty), 1)
})

test('a judge that breaks down is no difference', { skip: NO_GCC }, async () => {
  const judge = commandOf('c --fault dies')
  await assert.rejects(compareRandomly([judge, commandOf('c')], options), /ended, with code 3/)
})
