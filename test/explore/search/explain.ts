import type { Play } from '../actors/stage.js'
import { type Failure, type SearchOptions, search } from './search.js'
import { table } from './trace.js'

/** More interruptions than these make no story simpler. */
const MOST = 4

/** A failure as people can read it: the one with the fewest interruptions, step by step. */
export function explain(play: Play, failure: Failure, options: SearchOptions): string {
  return tell(play, simplest(play, options) ?? failure)
}

/** The story of a failure. */
export function tell(play: Play, { kind, message, events }: Failure): string {
  const names = play.threads.map(({ name }) => name)
  return `${kind}: ${message}\n\n${table(events, names, play.nameWord)}\n`
}

/** The failure with the fewest interruptions, if there is one with few. */
export function simplest(play: Play, options: SearchOptions): Failure | undefined {
  for (let preemptions = 0; preemptions <= MOST; preemptions++) {
    const { failure } = search(play, { ...options, preemptions })
    if (failure) return failure
  }
  return undefined
}
