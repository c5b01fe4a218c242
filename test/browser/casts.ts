import type { Race } from '../outcomes/race.js'
import type { Place } from '../outcomes/run-race.js'

/** Where the actors of a race play, in a browser. */
export interface Cast {
  readonly name: string
  readonly places: readonly Place[]
}

/** In workers; in workers that may never block, as an AudioWorklet; and each of them once in the page itself. */
export function castsOf({ actors }: Race): readonly Cast[] {
  return [
    { name: 'workers', places: actors.map(() => 'thread') },
    { name: 'none may block', places: actors.map(() => 'unblocking thread') },
    ...actors.map((_, inPage) => ({
      name: `${inPage + 1} is the page`,
      places: actors.map((_, actor): Place => (actor === inPage ? 'here' : 'thread')),
    })),
  ]
}
