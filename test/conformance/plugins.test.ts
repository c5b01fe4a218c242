/** Plug-ins that hang, die or talk nonsense are told of, and hold up nobody. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCases } from '#conformance/parse.js'
import { runCases } from '#conformance/run.js'

const CASE = 'case   a title\ncovers R1\nring   4096\n  output "a"\n  consume -> "a"\n'
const cases = Array.from({ length: 8 }, (_, i) => parseCases(`${i}.ring`, CASE)).flat()
/** Long enough for any answer, and somebody waits for it. */
const LIMIT_MS = 3000
/** For those that shall answer, on a machine that is busy. */
const PATIENT_MS = 60_000

/** A plug-in whose answers are those of this function of a request, as JavaScript; undefined: none. */
function plugin(answer: string): string[] {
  const loop = `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const answer = (${answer})(line)
    if (answer !== undefined) process.stdout.write(answer + '\\n')
  })`
  return [process.execPath, '-e', loop]
}

const GOOD = `({ hello: 'hello 1 good', create: 'ok', output: 'ok', consume: 'records 61' })[line.split(' ')[0]]`

test('one that does as it should', async () => {
  const { name, passed, failures, operations } = await runCases(plugin(`(line) => ${GOOD}`), cases, {
    limitMs: PATIENT_MS,
  })
  assert.deepEqual([name, passed, failures, operations], ['good', 8, [], 24])
})

test('one that answers wrongly fails the case, and goes on with the next', async () => {
  const wrong = `(line) => line.startsWith('consume') ? 'records 62' : ${GOOD}`
  const { failures, gaveUp, operations } = await runCases(plugin(wrong), cases, { limitMs: PATIENT_MS })
  assert.equal(gaveUp, undefined)
  assert.deepEqual([failures.length, operations], [8, 24])
  const [first] = failures
  assert.deepEqual(
    [first?.operation.place, first?.operation.text, first?.operation.expected, first?.got],
    [{ file: '0.ring', line: 5 }, 'consume', '"a"', '"b"'],
  )
})

test('one that hangs is not waited for', async () => {
  const hangs = `(line) => line.startsWith('output') ? undefined : ${GOOD}`
  const { failures, gaveUp } = await runCases(plugin(hangs), cases.slice(0, 1), { limitMs: LIMIT_MS })
  assert.equal(gaveUp, undefined)
  assert.deepEqual(
    failures.map(({ got }) => got),
    ['the plug-in has not answered for 3 s'],
  )
})

test('one that dies is started anew, and what it said last is told', async () => {
  const dies = `(line) => line.startsWith('output') ? (console.error('alas'), process.exit(3)) : ${GOOD}`
  const { failures, gaveUp } = await runCases(plugin(dies), cases, { limitMs: PATIENT_MS })
  assert.equal(gaveUp, 'it broke down 5 times')
  assert.deepEqual([...new Set(failures.map(({ got }) => got))], ['the plug-in ended, with code 3\nalas'])
})

test('one that talks nonsense fails, and is told what it said', async () => {
  const { failures } = await runCases(
    plugin(`(line) => line === 'hello 1' ? 'hello 1 x' : 'certainly'`),
    cases,
    {
      limitMs: PATIENT_MS,
    },
  )
  assert.deepEqual([failures.length, failures[0]?.got], [8, 'certainly'])
})

test('one that says more than it was asked is told of', async () => {
  const chats = `(line) => line.startsWith('output') ? 'ok\\nok' : ${GOOD}`
  const { failures } = await runCases(plugin(chats), cases, { limitMs: PATIENT_MS })
  assert.equal(failures.length, 5)
  for (const { got } of failures) assert.match(got, /^(the plug-in said more than it was asked: ok|ok)$/)
})

for (const [what, command, reason] of [
  ['that there is not', ['/no/such/program'], /cannot be started: spawn .* ENOENT/],
  ['of another version', plugin(`() => 'hello 2 x'`), /answers hello 1 with: hello 2 x/],
  ['without a name', plugin(`() => 'hello 1'`), /answers hello 1 with: hello 1/],
  ['with a capability that nobody knows', plugin(`() => 'hello 1 x wings'`), /nobody knows: wings/],
  ['that ends at once', [process.execPath, '-e', ''], /ended, with code 0/],
] as const) {
  test(`one ${what} is given up`, async () => {
    const { gaveUp, passed } = await runCases(command, cases, { limitMs: PATIENT_MS })
    assert.match(gaveUp ?? '', reason)
    assert.equal(passed, 0)
  })
}

test('one that never ends its line is stopped', async () => {
  const endless = [process.execPath, '-e', `for (;;) require('node:fs').writeSync(1, 'x'.repeat(65536))`]
  const { gaveUp } = await runCases(endless, cases, { limitMs: PATIENT_MS })
  assert.equal(gaveUp, 'does not stop talking')
})

test('what a plug-in has started itself is not waited for', async () => {
  // The shell is killed, and leaves behind what holds the other ends of its pipes.
  const { gaveUp } = await runCases(['sh', '-c', 'sleep 30; true'], cases, { limitMs: 10 })
  assert.equal(gaveUp, 'has not answered for 0.1 s')
})
