import type { Ordering } from './memory-model.js'

/**
 * One access to shared memory: what a thread wants to do next. Between any two of these, another thread
 * may come in; within one, nobody may. When its stores reach memory, memory-model.ts says.
 */
export interface Step {
  readonly operation: Operation
  readonly address: number
  /** Value to write; expected value and value; how many to wake. */
  readonly operands: readonly number[]
  readonly site: Site
  /** The label, like [S1], of the place in the source; of the caller's place, if the callee has none. */
  label?: string | undefined
  /** What it orders. Default: nothing where it is plain, else everything. */
  readonly ordering?: Ordering
}

/** A thread's program, or part of it, that answers a T: it yields steps, and gets their answers. */
export type Steps<T> = Generator<Step, T, number>

/** Where in the source a step comes from. */
export interface Site {
  readonly module: string
  readonly function: string
  readonly operation: string
  /** 1 for the first of this operation in the function. */
  readonly nth: number
  readonly line: number
}

/** What each operation does with its word. Plain ones may race; `wait` and `notify` order nothing alone. */
export const OPERATIONS = {
  load: { reads: true, writes: false, plain: true },
  store: { reads: false, writes: true, plain: true },
  fill: { reads: false, writes: true, plain: true },
  atomicLoad: { reads: true, writes: false, plain: false },
  atomicStore: { reads: false, writes: true, plain: false },
  exchange: { reads: true, writes: true, plain: false },
  compareExchange: { reads: true, writes: true, plain: false },
  /** Of two words at once: both are compared and both are written, or none is. Answers 1 or 0. */
  compareExchangePair: { reads: true, writes: true, plain: false },
  add: { reads: true, writes: true, plain: false },
  or: { reads: true, writes: true, plain: false },
  and: { reads: true, writes: true, plain: false },
  wait: { reads: true, writes: false, plain: false },
  notify: { reads: false, writes: true, plain: false },
  /** All stores of the thread reach memory before it. Its word means nothing. */
  fence: { reads: false, writes: false, plain: false },
  /** Only in mutants: what the word held before any thread began. */
  initial: { reads: false, writes: false, plain: false },
} as const

export type Operation = keyof typeof OPERATIONS

/** Whether a step is about this word. */
export function touches({ operation, address }: Step, word: number): boolean {
  const first = address >>> 2
  return first === word >>> 2 || (operation === 'compareExchangePair' && first + 1 === word >>> 2)
}

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(OPERATIONS, name)
}

/** Answers of `wait`, as far as an algorithm could tell them apart. */
export const WAIT_WOKEN = 0
export const WAIT_NOT_EQUAL = 1
export const WAIT_TIMED_OUT = 2
