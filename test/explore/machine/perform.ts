import type { Memory } from './memory.js'
import type { Step } from './step.js'

/** Does to its word what a step does, and answers what the operation answers. Sleeping is not done here. */
export function perform({ operation, address, operands }: Step, memory: Memory, slot: number): number {
  const before = memory.read(slot)
  const [first = 0, second = 0] = operands
  switch (operation) {
    case 'load':
    case 'atomicLoad':
      return before
    case 'exchange':
      memory.write(slot, first)
      return before
    case 'compareExchange':
      if (before === (first | 0)) memory.write(slot, second)
      return before
    case 'compareExchangePair': {
      const [, , newLow = 0, newHigh = 0] = operands
      const next = memory.slot(address + 4)
      if (before !== (first | 0) || memory.read(next) !== (second | 0)) return 0
      memory.write(slot, newLow)
      memory.write(next, newHigh)
      return 1
    }
    case 'add':
      memory.write(slot, before + first)
      return before
    case 'or':
      memory.write(slot, before | first)
      return before
    case 'and':
      memory.write(slot, before & first)
      return before
    case 'initial':
      return memory.initial(address)
    case 'store':
    case 'fill':
    case 'atomicStore':
      memory.write(slot, first)
  }
  return 0
}
