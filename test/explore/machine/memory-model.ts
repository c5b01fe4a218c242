import { OPERATIONS, type Step } from './step.js'

/**
 * When a store reaches memory. Until then it waits in its thread's store buffer, where only that thread sees it.
 *
 * - `sc`: at once. One order of all accesses, plain ones too.
 * - `tso`: in the order of the thread's stores, at any time before its next fence, atomic read-and-write, or
 *   sequentially consistent store. That is x86.
 * - `pso`: stores to different words in any order, except that one which releases comes after all before it; and
 *   a read-and-write that does not release waits for none but those to its own word.
 * - `weak`: and a sequentially consistent store may wait, too: for the thread's next atomic access, not for plain ones.
 *   That is ARM's stlr.
 *
 * Loads are done in order, always: what loads that come early would do, test/litmus says of the handshakes. That a plain
 * access passes an atomic read-and-write before it is not modelled.
 */
export const MEMORY_MODELS = ['sc', 'tso', 'pso', 'weak'] as const

export type MemoryModel = (typeof MEMORY_MODELS)[number]

/** What an access orders, as in C11. */
export type Ordering = 'relaxed' | 'acquire' | 'release' | 'acq_rel' | 'seq_cst'

/** A store that has not reached memory. */
export interface Waiting {
  readonly step: Step
  readonly slot: number
}

export function orderingOf({ operation, ordering }: Step): Ordering {
  return ordering ?? (OPERATIONS[operation].plain ? 'relaxed' : 'seq_cst')
}

/** Whether a step is a store that need not reach memory at once. */
export function mayWait(model: MemoryModel, step: Step): boolean {
  const { reads, writes } = OPERATIONS[step.operation]
  if (model === 'sc' || reads || !writes || step.operation === 'notify') return false
  return model === 'weak' || orderingOf(step) !== 'seq_cst'
}

/** Whether a step, which is about these words, cannot be done before a store of the same thread has reached memory. */
export function comesAfter(
  model: MemoryModel,
  step: Step,
  slots: readonly number[],
  store: Waiting,
): boolean {
  const { operation } = step
  if (mayWait(model, step)) return false
  if (operation === 'load' || operation === 'atomicLoad' || operation === 'initial') {
    return orderingOf(step) === 'seq_cst' && orderingOf(store.step) === 'seq_cst'
  }
  const all = model === 'tso' || releases(step) || operation === 'wait' || operation === 'notify'
  return all || slots.includes(store.slot)
}

/** Which of the stores that wait may reach memory next. */
export function mayArrive(model: MemoryModel, waiting: readonly Waiting[]): number[] {
  return [...waiting.keys()].filter((index) =>
    waiting.slice(0, index).every((earlier) => !arrivesBefore(model, earlier, waiting[index] as Waiting)),
  )
}

/** Whether the first of two stores of a thread must reach memory before the second. */
export function arrivesBefore(model: MemoryModel, first: Waiting, second: Waiting): boolean {
  return model === 'tso' || releases(second.step) || first.slot === second.slot
}

function releases(step: Step): boolean {
  return ['release', 'acq_rel', 'seq_cst'].includes(orderingOf(step))
}
