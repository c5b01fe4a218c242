import type { Play } from '../actors/stage.js'
import { type Failure, type SearchOptions, search } from './search.js'
import { table } from './trace.js'

/** More interruptions than these make no story simpler. */
const MOST = 4

/** A failure as people can read it: the one with the fewest interruptions, step by step. */
export function explain(play: Play, failure: Failure, options: SearchOptions): string {
  const simple = simplest(play, options) ?? failure
  const names = play.threads.map(({ name }) => name)
  return `${simple.kind}: ${simple.message}\n\n${table(simple.events, names, play.nameWord)}\n`
}

function simplest(play: Play, options: SearchOptions): Failure | undefined {
  for (let preemptions = 0; preemptions <= MOST; preemptions++) {
    const { failure } = search(play, { ...options, preemptions })
    if (failure) return failure
  }
  return undefined
}
