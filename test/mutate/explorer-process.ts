/** The explorer in a process of its own, because a fault may keep it busy for ever. It is told where the fault is. */
import { setImmediate } from 'node:timers/promises'
import { placesOf } from '../explore/mutants/places.js'
import { DECLARED } from '../explore/scenarios/declared.js'
import { DYING } from '../explore/scenarios/dying.js'
import { SCENARIOS } from '../explore/scenarios/index.js'
import { INHERITING } from '../explore/scenarios/inheriting.js'
import { KNOWN_FAILURES } from '../explore/scenarios/known-failures.js'
import type { Scenario } from '../explore/scenarios/scenario.js'
import { mayRace } from '../explore/search/allowed-races.js'
import type { Race } from '../explore/search/races.js'
import { type SearchOptions, search } from '../explore/search/search.js'
import { type Loaded, loadAlgorithm } from '../explore/transform/load.js'
import type { Effort, Question } from './explorer.js'

const ALL = [...SCENARIOS, ...DYING, ...DECLARED, ...INHERITING].filter(({ name }) => !KNOWN_FAILURES[name])
const FEW = 2000
/** Few interruptions show most faults, in few states. Each of these is tried in all scenarios, before the next. */
const EFFORTS: Readonly<Record<Effort, readonly SearchOptions[]>> = {
  glance: [{ preemptions: 1, states: FEW }],
  look: [
    { preemptions: 1, states: 20_000 },
    { preemptions: 2, states: 20_000 },
  ],
  stare: [{ preemptions: 2, states: 400_000 }],
}

const reached = byFunction(await loadAlgorithm())
process.on('message', async (question: Question) => {
  process.send?.(await explore(question))
})
process.send?.('ready')

/** Which scenario notices the fault that the build has by now, and how. */
async function explore({ within, effort, plainAt }: Question): Promise<{ noticed?: string }> {
  let loaded: Loaded
  try {
    loaded = await loadAlgorithm()
  } catch (error) {
    return { noticed: `it cannot be loaded: ${error}` }
  }
  const mayBe = (race: Race) => !isAt(race, plainAt) && mayRaceByAnyNumber(race)
  for (const bounds of EFFORTS[effort]) {
    for (const scenario of reached.get(within) ?? ALL) {
      process.send?.('busy')
      await setImmediate()
      const kind = failureOf(scenario, loaded, { mayRace: mayBe, ...bounds })
      if (kind) return { noticed: `${scenario.name}: ${kind}` }
    }
  }
  return {}
}

function failureOf(scenario: Scenario, loaded: Loaded, options: SearchOptions): string | undefined {
  try {
    return search(scenario.play(loaded), options).failure?.kind
  } catch (error) {
    return `thrown, ${error}`
  }
}

/** The scenarios that come by each function. Those without an access are not found; all may come by them. */
function byFunction(loaded: Loaded): Map<string, Scenario[]> {
  const found = new Map<string, Set<Scenario>>()
  for (const { name, scenarios } of placesOf(loaded, ALL, FEW)) {
    const within = name.replace(/^\[..\] /, '').split(' ')[0] ?? ''
    found.set(within, new Set([...(found.get(within) ?? []), ...scenarios]))
  }
  return new Map([...found].map(([within, scenarios]) => [within, [...scenarios]]))
}

/** Whether a race is about a plain access of this place. */
function isAt({ steps }: Race, place: Question['plainAt']): boolean {
  return steps.some(
    ({ operation, site }) =>
      (operation === 'load' || operation === 'store') &&
      site.module === place?.module &&
      site.line === place.line,
  )
}

/** Places of one operation are numbered, and where one is missing the others have other numbers. */
function mayRaceByAnyNumber(race: Race): boolean {
  const names = race.name
    .split(' × ')
    .map((name) => NUMBERS.map((number) => name.replace(/( \d+)?$/, number)))
  const [ones = [], others = []] = names
  return ones.some((one) => others.some((other) => mayRace({ ...race, name: `${one} × ${other}` })))
}

const NUMBERS = ['', ' 2', ' 3', ' 4']
