/**
 * The long exploration: larger scenarios than the tests have time for, and those of the tests with every
 * mutant in earnest. `npm run explore -- --producers 3 --records 2 --preemptions 3 --json`
 *
 *   P1 ─┐                          every order of all steps, or
 *   P2 ─┼─► ring (claims, lock) ─► consumer      those with so many interruptions
 *   P3 ─┘
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { again } from '../ring/support/again.js'
import { MEMORY_MODELS, type MemoryModel } from './machine/memory-model.js'
import { type Effort, hunt, type Kill, type Mutant, mutantsOf } from './mutants/hunt.js'
import { whyNot } from './mutants/survivors.js'
import { DECLARED } from './scenarios/declared.js'
import { DYING } from './scenarios/dying.js'
import { SCENARIOS } from './scenarios/index.js'
import { INHERITING } from './scenarios/inheriting.js'
import { KNOWN_FAILURES, KNOWN_ON_WEAK_MEMORY } from './scenarios/known-failures.js'
import type { Scenario } from './scenarios/scenario.js'
import { sized } from './scenarios/sized.js'
import { mayRace } from './search/allowed-races.js'
import { simplest, tell as story } from './search/explain.js'
import { playAgain, readReplay, writeReplay } from './search/replay.js'
import { type SearchOptions, search } from './search/search.js'
import { loadAlgorithm } from './transform/load.js'

const options = new Command('explore')
  .option('--producers <n>', 'producers at most', wholeNumber, 2)
  .option('--records <n>', 'records of each at most', wholeNumber, 2)
  .option(
    '--preemptions <n>',
    'how often a thread is interrupted at most (default: without bound)',
    wholeNumber,
  )
  .option('--states <n>', 'states of one scenario at most', wholeNumber, 4_000_000)
  .option('--only <text>', 'scenarios whose names contain this', '')
  .addOption(new Option('--memory <model>', 'when stores reach memory').choices(MEMORY_MODELS).default('sc'))
  .option('--reduced', 'try orders that nobody can tell apart once; without --preemptions only', false)
  .option('--replay <line>', 'go one way only, as it is printed with a failure')
  .option('--mutants', 'every mutant instead, in the scenarios of the tests', false)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{
    producers: number
    records: number
    preemptions?: number
    states: number
    only: string
    memory: MemoryModel
    reduced: boolean
    replay?: string
    mutants: boolean
    json: boolean
  }>()

/** How long standard error is silent at least. */
const TELL_MS = 2000
let told = 0
const { memory, reduced } = options
const effort: Effort = {
  states: options.states,
  ...(options.preemptions === undefined ? {} : { preemptions: options.preemptions }),
}
const within =
  options.preemptions === undefined ? 'all orders' : `${options.preemptions} interruptions at most`
const started = performance.now()
const loaded = await loadAlgorithm()
const figures = options.replay ? goAgain(options.replay) : options.mutants ? hunts() : searches()
const seconds = Math.round((performance.now() - started) / 100) / 10
if (options.json)
  process.stdout.write(
    `${JSON.stringify({ ok: figures.failed === 0, ...figures, memory, within, seconds })}\n`,
  )
process.exit(figures.failed === 0 ? 0 : 1)

/** All that have names. */
function scenarios(): Scenario[] {
  return [...SCENARIOS, ...DYING, ...DECLARED, ...INHERITING, ...sized(options.producers, options.records)]
}

/** One way through one scenario, as a table: whether it fails again is what is asked. */
function goAgain(line: string) {
  const way = readReplay(line)
  const scenario = scenarios().find(({ name }) => name === way.scenario)
  if (!scenario) throw new Error(`no scenario is called ${way.scenario}`)
  const { failure } = playAgain(loaded, scenario, way)
  say(failure ? story(scenario.play(loaded), failure) : 'nothing is wrong on this way')
  return { scenarios: 1, failed: failure ? 1 : 0 }
}

/** The scenarios of the tests, and larger ones. */
function searches() {
  const all = [...SCENARIOS, ...sized(options.producers, options.records)]
  const perScenario: Record<string, number> = {}
  const total = { scenarios: 0, states: 0, transitions: 0, incomplete: 0, knownFailures: 0, failed: 0 }
  for (const scenario of chosen(all)) {
    const { name } = scenario
    const play = scenario.play(loaded)
    const how: SearchOptions = {
      ...effort,
      memory,
      reduced,
      mayRace,
      progress: (states) => tell(`${name}: ${states} states`),
    }
    const { states, transitions, depth, failure, complete } = search(play, how)
    total.scenarios++
    total.states += states
    perScenario[name] = states
    total.transitions += transitions
    if (!complete) total.incomplete++
    const figures = `${name.padEnd(62)} ${String(states).padStart(9)} states, longest way ${depth}`
    const known = KNOWN_FAILURES[name] ?? (memory === 'weak' ? KNOWN_ON_WEAK_MEMORY[name] : undefined)
    if (failure && known) {
      total.knownFailures++
      say(`known   ${name}: ${known}`)
    } else if (failure) {
      total.failed++
      const simple = simplest(play, { mayRace, memory }) ?? failure
      const line = writeReplay({ scenario: name, memory, schedule: simple.schedule })
      say(`FAILED  ${figures}\n${story(play, simple)}\n${lineFor(line)}`)
    } else {
      say(`${complete ? 'ok    ' : 'so far'}  ${figures}, ${within}`)
    }
  }
  return { ...total, perScenario }
}

/** Every mutant: which scenario notices it, and whether those are noticed that cannot be. */
function hunts() {
  const scenarios = chosen(SCENARIOS).filter(({ name }) => !KNOWN_FAILURES[name])
  const total = { mutants: 0, killed: 0, excused: 0, failed: 0 }
  for (const mutant of mutantsOf(loaded, scenarios)) {
    const excuse = whyNot(mutant)
    const name = `${mutant.place.name}, ${mutant.fault}`
    tell(name)
    const kill = hunt(loaded, mutant, [{ preemptions: 1 }, { states: 20_000 }, effort])
    total.mutants++
    if (kill) total.killed++
    else if (excuse) total.excused++
    if (kill ? excuse : !excuse) total.failed++
    const outcome = kill
      ? `${kill.scenario.name}: ${kill.failure.kind}${replayOf(mutant, kill)}`
      : `not noticed: ${excuse ?? 'but why?'}`
    say(`${(kill ? excuse : !excuse) ? 'FAILED' : 'ok    '}  ${name.padEnd(54)} ${outcome}`)
  }
  return total
}

/** How to see what a mutant does: only where it was asked for one, because the line is long. */
function replayOf({ place, fault }: Mutant, { scenario, failure }: Kill): string {
  if (options.only === '') return ''
  const { schedule } = failure
  const line = writeReplay({ scenario: scenario.name, memory: 'sc', mutant: [place.name, fault], schedule })
  return `\n        ${lineFor(line)}`
}

/** The scenarios that can be made larger have their size in their names. */
function lineFor(replay: string): string {
  const { producers, records } = options
  return again('explore', { producers, records, replay })
}

function chosen(scenarios: readonly Scenario[]): Scenario[] {
  return scenarios.filter(({ name }) => name.includes(options.only))
}

function say(text: string): void {
  tell('')
  process.stdout.write(`${text}\n`)
}

/** Progress, on a line that is written over where there is a terminal, and now and then where there is none. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
  else if (text !== '' && performance.now() - told > TELL_MS) process.stderr.write(`${text}\n`)
  else return
  told = performance.now()
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
