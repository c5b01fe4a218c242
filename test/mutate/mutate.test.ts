/** The faults that are put into the source, and whether the tool can tell a noticed one from one that is not. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { covers, readCoverage } from './coverage.js'
import { unusedExplanations } from './equivalent.js'
import { Explorer } from './explorer.js'
import { findMutants } from './find-mutants.js'
import { apply, type Mutant, nameOf } from './mutant.js'
import { sourceLine } from './source-line.js'
import { SOURCES } from './sources.js'
import { Workshop } from './workshop.js'

/** Each fault of a line as the line that it leaves behind, without imports. */
function faultsOf(line: string, which?: 'A' | 'B'): string[] {
  const source = `import { atomicLoad, atomicStore, compareExchange, exchange, notify, or, store } from './words.js';\n${line}`
  return findMutants('ring/algorithm/example.js', source)
    .filter(({ class: own }) => which === undefined || own === which)
    .map((mutant) => apply(source, { ...mutant, epilogue: '' }).slice(source.length - line.length))
}

test('every atomic operation is left out, and weakened', () => {
  assert.deepEqual(faultsOf('atomicStore(view, at, 1);', 'A'), ['0;', 'store(view, at, 1);'])
  assert.deepEqual(faultsOf('exchange(view, at, x);', 'A'), [
    'atomicLoad(view, at);',
    '[atomicLoad(view, at), atomicStore(view, at, x)][0];',
  ])
  assert.deepEqual(faultsOf('compareExchange(view, at, seen, x);', 'A'), [
    '(seen);',
    '[seen, atomicStore(view, at, x)][0];',
  ])
  assert.deepEqual(faultsOf('Atomics.add(words, i, x);', 'A'), [
    'Atomics.load(words, i);',
    '[Atomics.load(words, i), Atomics.store(words, i, (Atomics.load(words, i) + (x)))][0];',
  ])
})

test('what is needed and not imported is imported', () => {
  const source = "import { atomicLoad } from './words.js';\natomicLoad(view, at);"
  const plain = findMutants('ring/algorithm/example.js', source).find(
    ({ fault }) => fault === 'atomicLoad becomes plain',
  )
  assert.match(apply(source, plain as Mutant), /\nimport \{ load \} from '.\/words.js';\n$/)
})

test('wake-ups are left out, bits are, and conditions of wake-ups are turned round', () => {
  assert.deepEqual(faultsOf('notify(view, at, 1);', 'A'), ['0;'])
  assert.deepEqual(faultsOf('this.sleep.end();', 'A'), [';'])
  assert.deepEqual(faultsOf('x = held | PARKED_BIT;', 'A'), ['x = held;'])
  assert.deepEqual(faultsOf('x = word & ~MASK;', 'A'), ['x = word;'])
  assert.deepEqual(faultsOf('if (asleep) notify(view, at, 1);', 'A'), [
    'if (!(asleep)) notify(view, at, 1);',
    'if (asleep) 0;',
  ])
})

test('operators, numbers, conditions, statements, answers and bounds', () => {
  assert.deepEqual(faultsOf('f(a < b);'), [';', 'f(a <= b);', 'f(a >= b);'])
  assert.deepEqual(faultsOf('f(x + 7);'), [';', 'f(x - 7);', 'f(x + 8);', 'f(x + 6);'])
  assert.deepEqual(faultsOf('f((x + y) | 0);'), [';', 'f((x - y) | 0);'])
  assert.deepEqual(faultsOf('if (a && b) f();'), [
    'if (true) f();',
    'if (false) f();',
    'if ((a)) f();',
    'if ((b)) f();',
    'if (a && b) ;',
  ])
  assert.deepEqual(faultsOf('while (!a) a = 1;'), [
    'while (false) a = 1;',
    'while ((a)) a = 1;',
    'while (!a) ;',
    'while (!a) a = 2;',
    'while (!a) a = 0;',
  ])
  assert.deepEqual(faultsOf('function f() { return Math.min(a, b); }'), [
    'function f() { return ; }',
    'function f() { return (a); }',
    'function f() { return (b); }',
  ])
})

const mutants = SOURCES.flatMap((file) => findMutants(file, built(file)))

test('every mutant has a name of its own', () => {
  const names = mutants.map(nameOf)
  assert.ok(names.length > 1000)
  assert.equal(new Set(mutants.map((mutant) => `${nameOf(mutant)} ${mutant.fault}`)).size, names.length)
})

test('every explanation of why a mutant cannot be noticed belongs to one', () =>
  assert.deepEqual(unusedExplanations(mutants), []))

test('a mutant is found again in the source', () => {
  const [first] = findMutants('ring/park.js', built('ring/park.js')) as [Mutant]
  const [, line = ''] = sourceLine(first, built('ring/park.js')).split(':')
  const text = readFileSync(new URL('../../../src/ring/park.ts', import.meta.url), 'utf8')
  assert.ok(text.split('\n')[Number(line) - 1]?.includes(first.was))
})

test('what ran is known, and what did not', async (t) => {
  const workshop = new Workshop()
  t.after(() => workshop.remove())
  const folder = mkdtempSync(join(tmpdir(), 'ringbuf-coverage-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const program = "import { stepsOf } from '#dist/consumer/strategy.js'; stepsOf('park')"
  spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: workshop.root,
    env: { ...process.env, NODE_V8_COVERAGE: folder },
  })
  const coverage = readCoverage(folder, workshop.root)
  const source = built('consumer/strategy.js')
  assert.ok(covers(coverage, 'consumer/strategy.js', source.indexOf('return named')))
  assert.ok(!covers(coverage, 'consumer/strategy.js', source.indexOf('const names')))
})

test('the explorer notices a wake-up that is left out, and nothing where there is no fault', async (t) => {
  const workshop = new Workshop()
  t.after(() => workshop.remove())
  const explorer = new Explorer(workshop.root)
  t.after(() => explorer.end())
  await explorer.prepare()
  const mutant = findMutants('memory/bells.js', built('memory/bells.js')).find(
    ({ fault, within }) => fault === 'Atomics.notify is left out' && within === 'ringBell',
  ) as Mutant
  const question = { within: mutant.within, effort: 'glance' } as const
  workshop.put(mutant)
  assert.match((await explorer.notice(question)) ?? 'nothing', /asleep for ever/)
  workshop.restore(mutant)
  assert.equal(await explorer.notice(question), undefined)
})

function built(file: string): string {
  return readFileSync(new URL(`../../../dist/${file}`, import.meta.url), 'utf8')
}
