/** The command: what it prints, and how it ends. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from '../repo/repository.js'
import { NO_GCC } from '../system/support/c-program.js'

const conformance = (...options: readonly string[]) => runNode('.build/conformance/src/main.js', ...options)

test('a ring that passes: code 0, and figures', () => {
  const { code, output } = conformance('--plugin', 'js', '--only', 'mirror', '--json')
  assert.equal(code, 0, output)
  const lines = output.trim().split('\n')
  assert.match(lines[0] ?? '', /^not run: what runs over the end can be seen at the start: needs mirror$/)
  assert.match(lines.at(-2) ?? '', /^ok {6}shared-js-claim: 0 passed, 0 failed, 4 not run; 0 operations/)
  const { ok, figures } = JSON.parse(lines.at(-1) ?? '')
  assert.deepEqual([ok, figures.plugins[0].passed, figures.plugins[0].skipped.length], [true, 0, 4])
})

test('a ring that fails: code 1, and which operation, where, and what came', { skip: NO_GCC }, () => {
  const { code, output } = conformance(
    '--plugin',
    'c --fault ignores-force',
    '--only',
    'submit with force',
    '--json',
  )
  assert.equal(code, 1)
  const [head, place, expected, got] = output.split('\n')
  assert.equal(head, 'FAILED  submit with force-wakeup')
  assert.match(place ?? '', /^ {8}conformance\/cases\/wakeups\.ring:\d+: submit a force-wakeup$/)
  assert.deepEqual([expected, got], ['        expected wake', '        got      quiet'])
  const { ok, figures } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
  assert.deepEqual([ok, figures.plugins[0].failures[0].got], [false, 'quiet'])
})

test('cases can be listed, and chosen by requirement', () => {
  const { code, output } = conformance('--list', '--only', '(R27')
  assert.deepEqual([code, output], [2, "no case has '(R27'\n"])
  const { output: all } = conformance('--list', '--only', 'R46')
  assert.match(
    all,
    /^conformance\/cases\/map\.ring:\d+: a user ring is made by the same rules \(R8 R9 R46, needs map user-ring\)\n/,
  )
})
