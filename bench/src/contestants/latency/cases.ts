/** The cases of the suite `latency`, from what is the same in all of them. */
import type { Contestant } from '../../contestant.js'
import { LOADED_RATES } from '../../latency/cases.js'
import type { LoadedMeasurement } from '../../latency/loaded.js'
import type { OnRecord, WakeUpMeasurement } from '../../waiting/measurements.js'

/** Takes records until their producer has ended, loaded or lonely; calls `turn`, if there is one, after each visit. */
export interface DelayConsumer {
  run(onRecord: OnRecord, turn?: () => void): void | Promise<void>
  /** How often it has really slept so far, if it knows. */
  sleeps?(): number
}

/** At every rate. */
export function loadedCases<Shared>(
  parts: Omit<LoadedMeasurement<Shared>, 'kind' | 'rate'>,
): Contestant['cases'] {
  return Object.fromEntries(
    Object.entries(LOADED_RATES).map(([name, rate]) => [
      `loaded-latency-${name}`,
      { ...parts, kind: 'loaded', rate } satisfies LoadedMeasurement<Shared>,
    ]),
  )
}

export function idleWakeUp<Shared>(parts: Omit<WakeUpMeasurement<Shared>, 'kind'>): Contestant['cases'] {
  return {
    'idle-wakeup': { ...parts, kind: 'wake-up' } satisfies WakeUpMeasurement<Shared> as WakeUpMeasurement,
  }
}
