import { RingbufError } from '../abi/error.js'

/**
 * What a waiting consumer does until something comes: first it looks again and again (spins), then it
 * looks between short pauses in which others run (yields), then it sleeps until it is woken (parks).
 */
export interface WaitSteps {
  /**
   * Microseconds of spinning. Infinity: it never stops, and keeps a CPU busy (R14). A wait that does not
   * block lets the event loop turn every half millisecond meanwhile. Default: 0.
   */
  readonly spinUs?: number
  /**
   * Microseconds of yielding. A thread that blocks pauses for 50 to 100 microseconds at a time, one that
   * does not lets its event loop turn. Producers wake nobody meanwhile. Default: 0.
   */
  readonly yieldUs?: number
  /**
   * Whether `spinUs` is the most: it then spins about as long as it took of late until something came,
   * and hardly at all when that took longer. Default: false.
   */
  readonly adaptive?: boolean
}

/**
 * - `adaptive`: spins for as long as pays, then parks. The default.
 * - `park`: sleeps at once. Least CPU; every lonely record costs its producer a wake-up.
 * - `spin`: spins for 50 microseconds, then parks.
 * - `yield`: spins for 20 microseconds, yields for a millisecond, then parks.
 * - `busy`: never sleeps. Lowest latency, one CPU.
 */
export type WaitStrategy = 'adaptive' | 'park' | 'spin' | 'yield' | 'busy' | WaitSteps

const NAMED: Readonly<Record<string, Required<WaitSteps>>> = {
  adaptive: { spinUs: 100, yieldUs: 0, adaptive: true },
  park: { spinUs: 0, yieldUs: 0, adaptive: false },
  spin: { spinUs: 50, yieldUs: 0, adaptive: false },
  yield: { spinUs: 20, yieldUs: 1000, adaptive: false },
  busy: { spinUs: Number.POSITIVE_INFINITY, yieldUs: 0, adaptive: false },
}

/** The steps behind a strategy, all filled in. @throws RingbufError ERR_INVALID_ARGUMENT */
export function stepsOf(strategy: WaitStrategy): Required<WaitSteps> {
  const named = typeof strategy === 'string' && Object.hasOwn(NAMED, strategy) && NAMED[strategy]
  if (named) return named
  if (typeof strategy !== 'object' || strategy === null) {
    const names = Object.keys(NAMED).join(', ')
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `strategy '${String(strategy)}' must be one of ${names}, or steps`,
      {
        value: String(strategy),
      },
    )
  }
  const { spinUs = 0, yieldUs = 0, adaptive = false } = strategy
  for (const [name, value] of Object.entries({ spinUs, yieldUs })) {
    if (typeof value === 'number' && value >= 0) continue
    throw new RingbufError('ERR_INVALID_ARGUMENT', `${name} ${String(value)} must be 0 or more`, {
      value: String(value),
    })
  }
  return { spinUs, yieldUs, adaptive }
}

/** Learns how long spinning pays, from how long it took until something came. */
export class SpinBudget {
  #usual = START_US

  /** Microseconds to spin, when `most` are allowed. */
  of(most: number): number {
    return Math.min(most, Math.max(SHORTEST_US, this.#usual * 2))
  }

  /** Something came after so many microseconds of spinning. */
  found(us: number): void {
    this.#usual += (us - this.#usual) / 8
    if (this.#usual < SHORTEST_US) this.#usual = SHORTEST_US
  }

  /** Nothing came while it spun. */
  missed(): void {
    this.#usual /= 2
  }
}

const START_US = 25
/** A few looks: less would not notice that records flow again. */
const SHORTEST_US = 4
