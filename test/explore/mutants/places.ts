import type { Change } from '../machine/behaviour.js'
import type { Operation, Steps } from '../machine/step.js'
import type { Scenario } from '../scenarios/scenario.js'
import { placeOf } from '../search/races.js'
import { search } from '../search/search.js'
import type { Loaded } from '../transform/load.js'

/** A place in the algorithm, and the scenarios that come by it, the smallest first. */
export interface Place {
  readonly name: string
  readonly operation: Operation
  readonly scenarios: readonly Scenario[]
}

/** All places that any of the scenarios reaches, within so many states of each. */
export function placesOf(
  loaded: Loaded,
  scenarios: readonly Scenario[],
  states = Number.POSITIVE_INFINITY,
): Place[] {
  const visits = scenarios
    .map((scenario) => visit(loaded, scenario, states))
    .sort((a, b) => a.states - b.states)
  const places = new Map<string, { name: string; operation: Operation; scenarios: Scenario[] }>()
  for (const { scenario, reached } of visits) {
    for (const [name, operation] of reached) {
      const place = places.get(name) ?? { name, operation, scenarios: [] }
      place.scenarios.push(scenario)
      places.set(name, place)
    }
  }
  return [...places.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The places that a scenario comes by. Few interruptions lead everywhere. */
function visit(loaded: Loaded, scenario: Scenario, most: number) {
  const reached = new Map<string, Operation>()
  const change: Change = (steps) => noted(steps, reached)
  const { states } = search(scenario.play(loaded), { change, preemptions: 1, states: most })
  return { scenario, reached, states }
}

function* noted(steps: Steps<string>, reached: Map<string, Operation>): Steps<string> {
  let result = steps.next()
  while (!result.done) {
    const step = result.value
    if (step.site.module !== 'test') reached.set(placeOf(step), step.operation)
    result = steps.next(yield step)
  }
  return result.value
}
