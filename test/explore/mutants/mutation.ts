import { type Change, DONE, type ThreadState } from '../machine/behaviour.js'
import { OPERATIONS, type Operation, type Step, type Steps } from '../machine/step.js'
import { placeOf } from '../search/races.js'

/**
 * What can be wrong with one access:
 *
 * - `left out`: it is not done; its answer is the one that lets the algorithm go on.
 * - `stale`: it reads what the word held before anything began.
 * - `split`: it reads and writes in two steps.
 * - `late`: it writes only before the thread's next write, or sleep; reads pass it. That is a store
 *   buffer: what a machine does with stores that are not sequentially consistent.
 * - `held back`: it writes only after the thread's next atomic write. That is what a machine may do with
 *   plain stores before an atomic one that does not release.
 * - `overtaken`: it writes only after the thread's next write: the other order of two stores. Only where it is asked for.
 */
export type Fault = 'left out' | 'stale' | 'split' | 'late' | 'held back' | 'overtaken'

const READS: readonly Fault[] = ['stale']
const PLAIN_WRITES: readonly Fault[] = ['left out', 'held back']
const BOTH: readonly Fault[] = ['left out', 'split', 'late']

/** The faults that an operation can have. */
export const FAULTS: { readonly [O in Operation]: readonly Fault[] } = {
  load: READS,
  store: PLAIN_WRITES,
  fill: PLAIN_WRITES,
  atomicLoad: READS,
  atomicStore: ['left out', 'late'],
  exchange: BOTH,
  compareExchange: BOTH,
  compareExchangePair: ['left out', 'split'],
  add: BOTH,
  or: BOTH,
  and: BOTH,
  notify: ['left out'],
  wait: [],
  fence: [],
  initial: [],
}

/** The algorithm with one fault, at one place. */
export function mutation(place: string, fault: Fault): Change {
  return (steps, state) => {
    if (fault === 'late') return delayed(steps, state, place, isWrite, 'before')
    if (fault === 'overtaken') return delayed(steps, state, place, isWrite, 'after')
    if (fault === 'held back') return delayed(steps, state, place, isAtomicWrite, 'after')
    return replaced(steps, (step) => (placeOf(step) === place ? WRONG[fault](step) : right(step)))
  }
}

const WRONG = {
  *'left out'(step: Step): Steps<number> {
    const { operation, operands } = step
    if (operation === 'compareExchange') return operands[0] ?? 0
    if (operation === 'compareExchangePair') return 1
    if (['exchange', 'add', 'or', 'and'].includes(operation)) {
      return yield { ...step, operation: 'atomicLoad' }
    }
    return 0
  },
  *stale(step: Step): Steps<number> {
    return yield { ...step, operation: 'initial' }
  },
  *split(step: Step): Steps<number> {
    if (step.operation === 'compareExchangePair') {
      // As if only the first word were compared.
      const [low = 0, , newLow = 0] = step.operands
      const seen = yield { ...step, operation: 'compareExchange', operands: [low, newLow] }
      return seen === (low | 0) ? 1 : 0
    }
    const seen = yield { ...step, operation: 'atomicLoad' }
    const value = written(step, seen)
    if (value !== undefined) yield store(step, value)
    return seen
  },
}

function* right(step: Step): Steps<number> {
  return yield step
}

/** Does something else for a step. */
function* replaced(steps: Steps<string>, instead: (step: Step) => Steps<number>): Steps<string> {
  let result = steps.next()
  while (!result.done) result = steps.next(yield* instead(result.value))
  return result.value
}

/** What a thread has not written yet; the last of a place that was delayed comes last. */
interface Delaying extends ThreadState {
  unwritten?: Step[]
}

/** Does the writes of a place not when they are due, but before or after a later step, or at the end. */
function* delayed(
  steps: Steps<string>,
  state: Delaying,
  place: string,
  isDue: (step: Step) => boolean,
  when: 'before' | 'after',
): Steps<string> {
  function* flush(): Steps<void> {
    for (const step of state.unwritten ?? []) yield step
    delete state.unwritten
  }
  const next = yield* replaced(steps, function* (step) {
    const own = state.unwritten?.findLast(({ address }) => address === step.address)
    if (placeOf(step) === place) {
      if (when === 'before') yield* flush()
      const seen = OPERATIONS[step.operation].reads ? yield { ...step, operation: 'atomicLoad' } : 0
      const value = written(step, seen)
      if (value !== undefined) state.unwritten = [...(state.unwritten ?? []), store(step, value)]
      return seen
    }
    // The thread itself reads what it has written; on that word it is never late, nor does it sleep before.
    if (own && !OPERATIONS[step.operation].writes && step.operation !== 'wait') return own.operands[0] ?? 0
    const due = isDue(step)
    if (own || step.operation === 'wait' || (due && when === 'before')) yield* flush()
    const answer = yield step
    if (due && when === 'after') yield* flush()
    return answer
  })
  if (next === DONE) yield* flush()
  return next
}

function isWrite({ operation }: Step): boolean {
  return OPERATIONS[operation].writes
}

function isAtomicWrite({ operation }: Step): boolean {
  return OPERATIONS[operation].writes && !OPERATIONS[operation].plain && operation !== 'notify'
}

/** What a step writes when it has read this; undefined if it does not. */
function written({ operation, operands }: Step, seen: number): number | undefined {
  const [first = 0, second = 0] = operands
  switch (operation) {
    case 'compareExchange':
      return seen === (first | 0) ? second : undefined
    case 'add':
      return (seen + first) | 0
    case 'or':
      return seen | first
    case 'and':
      return seen & first
    default:
      return first
  }
}

function store(step: Step, value: number): Step {
  const operation = OPERATIONS[step.operation].plain ? step.operation : 'atomicStore'
  return { ...step, operation, operands: [value] }
}
