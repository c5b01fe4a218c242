/** What the page does when the command asks for it. */
import { startPeer } from '../mapped/support/peer.js'
import { raceNamed } from '../outcomes/cases/index.js'
import { type Counts, type Place, runRace } from '../outcomes/run-race.js'
import type { Build } from '../ring/support/builds.js'
import { runScenario, type Scenario, type ScenarioResult } from '../stress/scenario.js'

const CONDUCTOR = new URL('./conductor.js', import.meta.url)

/** A race, with its actors where the cast says. */
export interface RaceOrder {
  readonly race: string
  readonly build: Build
  readonly rounds: number
  readonly seed: number
  readonly cast: readonly Place[]
}

/** A scenario of the stress test; its consumer is in a thread, or in the page with one of the producers. */
export interface StressOrder {
  readonly scenario: Scenario
  readonly consumer: Place
}

export function race({ race, build, rounds, seed, cast }: RaceOrder): Promise<Counts> {
  return runRace(raceNamed(race), build, rounds, seed, cast)
}

export async function stress({ scenario, consumer }: StressOrder): Promise<ScenarioResult> {
  if (consumer === 'here') return runScenario({ ...scenario, firstIsHere: true }, () => {})
  const conductor = startPeer(CONDUCTOR, scenario, consumer)
  try {
    return (await conductor.told) as ScenarioResult
  } finally {
    conductor.stop()
  }
}
