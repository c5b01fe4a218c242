import { BUILDS, type Build } from '../../ring/support/builds.js'

/**
 * Everything that a wait may depend on. The whole table is
 *
 *    build x way x strategy x limit x rings x event x moment
 *
 * and `impossible` says of each row that cannot be why not.
 */
export interface Combination {
  readonly build: Build
  readonly way: Way
  readonly strategy: keyof typeof STRATEGIES
  readonly limit: Limit
  readonly rings: 1 | 8
  readonly event: Event
  readonly moment: Moment
}

export const WAYS = ['wait', 'waitAsync', 'poll', 'pollAsync', 'epoll.wait', 'epoll.waitAsync'] as const
export type Way = (typeof WAYS)[number]

export const STRATEGIES = {
  adaptive: 'adaptive',
  park: 'park',
  spin: 'spin',
  yield: 'yield',
  busy: 'busy',
  steps: { spinUs: 5, yieldUs: 200, adaptive: true },
} as const

export const LIMITS = [
  'timeout 0',
  'short timeout',
  'long timeout',
  'no timeout',
  'short deadline, Date',
  'short deadline, number',
  'long deadline, Date',
  'long deadline, number',
] as const
export type Limit = (typeof LIMITS)[number]

export const EVENTS = [
  'nothing',
  'record',
  'record, NO_WAKEUP',
  'record, FORCE_WAKEUP',
  'record, NO_WAKEUP and FORCE_WAKEUP',
  'record, NO_WAKEUP, then flush',
  'ring is closed',
  'waiter is closed',
] as const
export type Event = (typeof EVENTS)[number]

/** When it happens: before the wait begins, after the ring was found empty; or while it waits. */
export const MOMENTS = ['before', 'while it waits'] as const
export type Moment = (typeof MOMENTS)[number]

export const RINGS = [1, 8] as const

export function isAsync(way: Way): boolean {
  return way.endsWith('Async')
}

/** Waits for one ring by its consumer, and so looks at the records themselves. */
export function isOfOneRing(way: Way): boolean {
  return way === 'wait' || way === 'waitAsync'
}

export function isPoller(way: Way): boolean {
  return way === 'poll' || way === 'pollAsync'
}

/** Why this cannot be; undefined if it can. */
export function impossible({ way, limit, rings, event, moment }: Combination): string | undefined {
  if (isOfOneRing(way) && rings !== 1) return 'a consumer has one ring'
  if (isPoller(way) && limit.includes('deadline')) return 'polling has a timeout only, as in libbpf'
  if (limit === 'timeout 0' && moment !== 'before') return 'it is over before anything can happen'
  if (event === 'nothing' && moment === 'before' && limit !== 'timeout 0')
    return 'nothing happens at no moment'
  if (event === 'waiter is closed' && moment === 'while it waits' && !isAsync(way)) {
    return 'the thread blocks, and no other thread has what it waits with'
  }
  return undefined
}

/** All rows of one build, way and strategy, possible or not. */
export function* rowsOf(
  build: Build,
  way: Way,
  strategy: keyof typeof STRATEGIES,
): Generator<Combination, void, void> {
  for (const rings of RINGS) {
    for (const limit of LIMITS) {
      for (const event of EVENTS) {
        for (const moment of MOMENTS) yield { build, way, strategy, limit, rings, event, moment }
      }
    }
  }
}

export const TABLES: readonly [Build, Way, keyof typeof STRATEGIES][] = BUILDS.flatMap((build) =>
  WAYS.flatMap((way) =>
    (Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[]).map(
      (strategy): [Build, Way, keyof typeof STRATEGIES] => [build, way, strategy],
    ),
  ),
)

export function describeRow({ limit, rings, event, moment }: Combination): string {
  return `${rings === 1 ? 'one ring' : 'eight rings'}; ${limit}; ${event}${event === 'nothing' ? '' : ` ${moment}`}`
}
