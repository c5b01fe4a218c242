/**
 * The mutation score: how many faults in the source somebody notices, the explorer or the tests.
 * `npm run mutate -- --sample 500 --class A --only ring/park --json`
 *
 *   dist ──► a copy ──► one fault ──► explorer, then the tests that run the place, until one notices
 *
 * Results are kept in .build/mutate, so that a long run can be interrupted.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { type Baseline, baselines } from './baseline.js'
import { unusedExplanations } from './equivalent.js'
import { findMutants } from './find-mutants.js'
import { Judge } from './judge.js'
import { type FaultClass, hashOf, type Mutant, nameOf } from './mutant.js'
import { figuresOf, type Judged, ofClass, scoreOf, survivorsOf, tableOf, wronglyExplained } from './report.js'
import { SOURCES } from './sources.js'
import { Verdicts } from './verdict.js'
import { isOfWasm, WasmWorkshop } from './wasm-workshop.js'
import { Workshop } from './workshop.js'

/** Of the faults that programs are made of, so many must be noticed, in percent; of those of atomics all. */
const ENOUGH_B = 90

const options = new Command('mutate')
  .option('--sample <n>', 'mutants at most (default: all)', wholeNumber)
  .option('--seed <n>', 'which ones are drawn', wholeNumber, 1)
  .option('--only <text>', 'mutants whose names contain this', '')
  .option('--class <letter>', 'A: atomics, flags and wake-ups; B: everything else (default: both)')
  .option('--jobs <n>', 'copies that are worked on at once', wholeNumber, 1)
  .option(
    '--patience <seconds>',
    'time for the tests of one mutant, by what they take without',
    wholeNumber,
    10,
  )
  .option('--tests <text>', 'test files whose names contain this', '')
  .option(
    '--wasm',
    'faults of the WebAssembly build: it is compiled with each, and tests are asked only',
    false,
  )
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{
    sample?: number
    seed: number
    only: string
    class?: FaultClass
    jobs: number
    patience: number
    tests: string
    wasm: boolean
    json: boolean
  }>()

const started = performance.now()
const workshops = Array.from({ length: Math.max(1, options.jobs) }, () =>
  options.wasm ? new WasmWorkshop() : new Workshop(),
)
/** What runs where there is no fault is measured in JavaScript, of which V8 tells. */
const plain = options.wasm ? new Workshop() : undefined
process.on('exit', () => {
  for (const workshop of [...workshops, plain]) workshop?.remove()
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const sources = new Map(SOURCES.map((file) => [file, (workshops[0] as Workshop).read(file)]))
const all = [...sources].flatMap(([file, source]) => findMutants(file, source))
const chosen = drawn(all)
const verdicts = new Verdicts(hashOf(...testTexts(), options.patience + options.tests))
const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} mutants | {survived} survived | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 20_000,
  hideCursor: true,
})
const judged: Judged[] = []
let known: Promise<Baseline[]> | undefined
bar.start(chosen.length, 0, { name: '', survived: 0 })
const waiting = [...chosen]
await Promise.all(workshops.map(work))
bar.stop()
report()

/** One copy, one mutant after another. */
async function work(workshop: Workshop): Promise<void> {
  const tests = () => {
    known ??= baselines(plain ?? workshop, options.tests, (name) => bar.update({ name }))
    return known
  }
  const judge = new Judge(workshop, tests, options.patience * 1000)
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
    bar.update({ name: nameOf(mutant).slice(0, 100) })
    const source = sources.get(mutant.file) ?? ''
    const key = options.wasm ? `WebAssembly of ${source}` : source
    const kept = verdicts.find(mutant, key)
    const verdict = kept ?? (await judge.judge(mutant))
    if (!kept) verdicts.keep(mutant, key, verdict)
    judged.push({ mutant, source, verdict })
    bar.increment({ survived: judged.filter(({ verdict }) => verdict.outcome === 'survived').length })
  }
  judge.end()
}

function report(): void {
  const say = (text: string) => process.stdout.write(`${text}\n`)
  const survivors = survivorsOf(judged)
  const unused = unusedExplanations(all)
  const wrong = wronglyExplained(judged)
  const [a, b] = [figuresOf(ofClass(judged, 'A')), figuresOf(ofClass(judged, 'B'))]
  for (const survivor of survivors) say(survivor)
  for (const line of wrong) say(`WRONGLY EXPLAINED  ${line}`)
  for (const line of unused) say(`EXPLAINS NOTHING  ${line}`)
  say(tableOf(judged))
  const ok = a.survived === 0 && scoreOf(b) >= ENOUGH_B && wrong.length + unused.length === 0
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const { seed, patience } = options
  const figures = {
    found: all.length,
    A: { ...a, score: scoreOf(a) },
    B: { ...b, score: scoreOf(b) },
    seed,
    patience,
    seconds,
  }
  if (options.json) say(JSON.stringify({ ok, ...figures }))
  process.exit(ok ? 0 : 1)
}

/** The sample, in an order that depends on nothing but the seed. */
function drawn(mutants: readonly Mutant[]): Mutant[] {
  const order = new Map(mutants.map((mutant) => [mutant, hashOf(String(options.seed), nameOf(mutant))]))
  const byOrder = (one: Mutant, other: Mutant) => ((order.get(one) ?? '') < (order.get(other) ?? '') ? -1 : 1)
  return mutants
    .filter((mutant) => !options.class || mutant.class === options.class)
    .filter((mutant) => nameOf(mutant).includes(options.only))
    .filter((mutant) => !options.wasm || isOfWasm(mutant))
    .sort(byOrder)
    .slice(0, options.sample)
}

/** Everything that may notice: when it changes, what survived is looked at again. */
function testTexts(): string[] {
  const folder = join((workshops[0] as Workshop).root, '.build/test')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return files
    .filter((file) => file.endsWith('.js') && !file.startsWith('mutate/'))
    .map((file) => file + readFileSync(join(folder, file), 'utf8'))
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
