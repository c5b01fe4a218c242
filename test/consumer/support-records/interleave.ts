/**
 * Threads that meet at an unlucky moment, without threads: another's whole action happens between two
 * atomic operations of the one under test. For the JavaScript build, whose operations are calls of Atomics.
 */
const NAMES = ['load', 'store', 'add', 'sub', 'or', 'exchange', 'compareExchange', 'notify', 'wait'] as const

type Operation = (...operands: readonly unknown[]) => unknown

const real = Object.fromEntries(NAMES.map((name) => [name, Atomics[name] as Operation]))

export interface Interleaving {
  /** What happens in front of the operation with this number, counted from 0. */
  readonly at: (operation: number) => void
  /** And behind it, before anything else. */
  readonly behind?: (operation: number) => void
  /** What happens instead of falling asleep. Default: the wait ends at once, as by a timeout. */
  readonly onWait?: (words: Int32Array, index: number, value: number) => string
}

/**
 * Runs `act` and calls `at` in front of each atomic operation of it; not of what `at` itself does.
 * Answers how many operations there were.
 */
export function interleave({ at, behind, onWait }: Interleaving, act: () => void): number {
  let operations = 0
  let elsewhere = false
  const step = (what: ((operation: number) => void) | undefined, number: number) => {
    elsewhere = true
    try {
      what?.(number)
    } finally {
      elsewhere = false
    }
  }
  for (const name of NAMES) {
    const operation = real[name] as Operation
    const perform = (operands: readonly unknown[]) => {
      if (name !== 'wait') return operation(...operands)
      const [words, index, value] = operands as [Int32Array, number, number]
      return onWait ? onWait(words, index, value) : 'timed-out'
    }
    const instead = (...operands: readonly unknown[]) => {
      if (elsewhere) return operation(...operands)
      const number = operations++
      step(at, number)
      const answer = perform(operands)
      step(behind, number)
      return answer
    }
    Object.assign(Atomics, { [name]: instead })
  }
  try {
    act()
  } finally {
    Object.assign(Atomics, real)
  }
  return operations
}

/**
 * Tries `act` with `other` in front of its first operation, of its second, and so on to its last. `begin`
 * makes a new world for each try; whatever `end` throws names the operation.
 */
export function atEveryMoment<World>(
  begin: () => World,
  act: (world: World) => void,
  other: (world: World) => void,
  end: (world: World) => void,
): number {
  for (let moment = 0; ; moment++) {
    const world = begin()
    const operations = interleave({ at: (operation) => operation === moment && other(world) }, () =>
      act(world),
    )
    if (moment >= operations) return moment
    try {
      end(world)
    } catch (error) {
      throw new Error(`in front of operation ${moment} of ${operations}`, { cause: error })
    }
  }
}
