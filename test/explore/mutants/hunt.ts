import type { Play } from '../actors/stage.js'
import type { Scenario } from '../scenarios/scenario.js'
import { mayRace } from '../search/allowed-races.js'
import { type Failure, type SearchOptions, search } from '../search/search.js'
import type { Loaded } from '../transform/load.js'
import { FAULTS, type Fault, mutation } from './mutation.js'
import { type Place, placesOf } from './places.js'

/** The algorithm with one fault. */
export interface Mutant {
  readonly place: Place
  readonly fault: Fault
}

/** How a fault shows. */
export interface Kill {
  readonly scenario: Scenario
  readonly play: Play
  readonly failure: Failure
  readonly options: SearchOptions
}

export function mutantsOf(loaded: Loaded, scenarios: readonly Scenario[]): Mutant[] {
  return placesOf(loaded, scenarios).flatMap((place) =>
    FAULTS[place.operation].map((fault) => ({ place, fault })),
  )
}

/** How long to look: a few interruptions show most faults, in few states. */
export type Effort = Pick<SearchOptions, 'preemptions' | 'states'>

/** Looks for a scenario that shows a fault; with each of the efforts in all scenarios, before the next. */
export function hunt(loaded: Loaded, { place, fault }: Mutant, efforts: readonly Effort[]): Kill | undefined {
  const change = mutation(place.name, fault)
  for (const effort of efforts) {
    const options = { change, mayRace, ...effort }
    for (const scenario of place.scenarios) {
      const play = scenario.play(loaded)
      const { failure } = search(play, options)
      if (failure) return { scenario, play, failure, options }
    }
  }
  return undefined
}
