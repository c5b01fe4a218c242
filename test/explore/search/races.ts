import type { Machine } from '../machine/machine.js'
import { OPERATIONS, type Step, touches } from '../machine/step.js'

/** Two threads that may touch the same word at the same time, one of them plainly, one of them writing. */
export interface Race {
  /** Both places, in alphabetical order. */
  readonly name: string
  readonly steps: readonly [Step, Step]
}

/**
 * Races, as seen in one state: two threads whose next steps conflict. A program that nowhere has such a
 * state behaves on every machine as it does here, step by step (that is what "data-race-free" buys); so
 * looking for races in all states of the sequentially consistent model is enough.
 */
export function* racesNow(machine: Machine): Generator<Race> {
  const { length } = machine.behaviours
  for (let one = 0; one < length; one++) {
    const step = machine.ready(one)
    if (!step) continue
    for (let two = one + 1; two < length; two++) {
      const other = machine.ready(two)
      if (other && conflict(machine, step, other)) yield race(step, other)
    }
  }
}

function conflict(machine: Machine, one: Step, two: Step): boolean {
  if (!touches(one, two.address) && !touches(two, one.address)) return false
  if (!OPERATIONS[one.operation].plain && !OPERATIONS[two.operation].plain) return false
  return writes(machine, one) || writes(machine, two)
}

/** A compare-exchange that fails does not write. */
function writes({ memory }: Machine, { operation, address, operands }: Step): boolean {
  if (operation === 'compareExchangePair') {
    const [low = 0, high = 0] = operands
    const [first, second] = [memory.slot(address), memory.slot(address + 4)]
    return memory.read(first) === (low | 0) && memory.read(second) === (high | 0)
  }
  if (operation !== 'compareExchange') return OPERATIONS[operation].writes
  return memory.read(memory.slot(address)) === ((operands[0] ?? 0) | 0)
}

function race(one: Step, two: Step): Race {
  const steps: [Step, Step] = placeOf(one) <= placeOf(two) ? [one, two] : [two, one]
  return { name: `${placeOf(steps[0])} × ${placeOf(steps[1])}`, steps }
}

/** A step's place in the source, as people call it: `wakeConsumer atomicLoad`, `[S2]` in front if it has a label. */
export function placeOf({ site, label }: Step): string {
  const nth = site.nth > 1 ? ` ${site.nth}` : ''
  return `${label ? `${label} ` : ''}${site.function} ${site.operation}${nth}`
}
