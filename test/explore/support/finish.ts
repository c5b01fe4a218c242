import type { Step, Steps } from '../machine/step.js'

/** Does all steps at once, to these words, and answers what the program answers. */
export function finish<T>(steps: Steps<T>, words: Int32Array): T {
  let result = steps.next()
  while (!result.done) result = steps.next(perform(result.value, words))
  return result.value
}

function perform({ operation, address, operands }: Step, words: Int32Array): number {
  const [first = 0, second = 0] = operands
  const at = address >>> 2
  switch (operation) {
    case 'load':
    case 'atomicLoad':
      return Atomics.load(words, at)
    case 'store':
    case 'fill':
    case 'atomicStore':
      return Atomics.store(words, at, first)
    case 'exchange':
    case 'add':
    case 'or':
    case 'and':
      return Atomics[operation](words, at, first)
    case 'compareExchange':
      return Atomics.compareExchange(words, at, first, second)
    default:
      return 0
  }
}
