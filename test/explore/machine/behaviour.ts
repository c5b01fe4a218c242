import { conflicts, type Footprint, footprintOf, NOTHING, union } from './footprint.js'
import type { Step, Steps } from './step.js'

/** What a thread knows between two phases: plain data, so that it can be copied and compared. */
export interface ThreadState {
  /** The phase that comes next. */
  at: string
}

/** The phase that comes after the last one. */
export const DONE = 'done'

/**
 * What a thread does: one phase after another, each of which says which one comes next. What it keeps
 * from one to the next is in its state, and nowhere else; short phases make for few states.
 */
export interface Thread<S extends ThreadState = ThreadState> {
  readonly name: string
  readonly begin: S
  /** It may change `state`, a copy of its own. */
  readonly phases: { readonly [name: string]: Phase<S> }
  /** It may die between any two steps: then the word at this address becomes 1, and is notified. */
  readonly diesAt?: number
}

/** Wrapped so that the thread of a particular state is a thread of any. */
export type Phase<S> = { bivariant(state: S): Steps<string> }['bivariant']

/**
 * How far a thread has come: a point in its program, given all that it has read. A thread is
 * deterministic, so two that began their phase alike and read the same since are at the same point; that
 * makes points comparable, though nobody can look into a generator.
 */
export interface Point {
  readonly id: number
  /** What it does next; none at the end. */
  readonly step: Step | undefined
  /** What its program threw. */
  readonly error: Error | undefined
  /** Its state when the phase began, as JSON. */
  readonly state: string
  readonly before: { readonly point: Point; readonly answer: number } | undefined
  readonly after: Map<number, Point>
  run: Run | undefined
  /** What the thread may do from here on to its end, as far as its points are known. */
  future: Footprint
  /** Points that lead here. */
  readonly origins: Set<Point>
}

/** A program that stands at a point: it can go on from there once, with one answer. */
interface Run {
  readonly steps: Steps<string>
  readonly state: ThreadState
}

/** A mutant: does something else than what a phase wants to do. It may keep things in the state, too. */
export type Change = (steps: Steps<string>, state: ThreadState) => Steps<string>

/** A phase without a step leads to the next one; so many of them lead nowhere. */
const IDLE_PHASES = 100

/** All points that a thread can come to, found as they are needed. */
export class Behaviour {
  readonly thread: Thread
  readonly start: Point
  readonly #change: Change
  /** Where each phase begins, by the state it begins with. */
  readonly #phases = new Map<string, Point>()
  #points = 0
  /** What was put first because nothing that comes from a point is in its way. */
  readonly #relied = new Map<Point, Footprint>()
  /** Whether it has turned out since that something is. */
  wasWrong = false

  constructor(thread: Thread, change: Change = (steps) => steps) {
    this.thread = thread
    this.#change = change
    this.start = this.#enter(JSON.stringify(thread.begin))
  }

  /** Where the thread comes to from a point when its step is answered so. */
  next(point: Point, answer: number): Point {
    let next = point.after.get(answer)
    if (next === undefined) {
      const run = point.run ?? this.#replay(point)
      point.run = undefined
      next = this.#advance(run, point.state, { point, answer })
      point.after.set(answer, next)
      next.origins.add(point)
      this.#foresee(point, next.future)
    }
    return next
  }

  /** Remembers that something comes first, because nothing that comes from this point is in its way. */
  rely(point: Point, first: Footprint): void {
    const relied = this.#relied.get(point)
    if (relied !== first) this.#relied.set(point, relied ? union(relied, first) : first)
  }

  /** What was put first is forgotten; what is known stays. */
  beginAgain(): void {
    this.#relied.clear()
    this.wasWrong = false
  }

  /** Adds to the future of a point, and of all that lead to it. */
  #foresee(point: Point, future: Footprint): void {
    const pending = [point]
    for (let at = pending.pop(); at; at = pending.pop()) {
      const whole = union(at.future, future)
      if (whole.reads === at.future.reads && whole.writes === at.future.writes) continue
      at.future = whole
      if (conflicts(this.#relied.get(at) ?? NOTHING, whole)) this.wasWrong = true
      pending.push(...at.origins)
    }
  }

  /** The first point of the phase that follows, or of the first one after it that has any. */
  #enter(state: string): Point {
    let text = state
    for (let idle = 0; idle < IDLE_PHASES; idle++) {
      const known = this.#phases.get(text)
      if (known) return known
      const run = this.#begin(text)
      if (!run) return this.#remember(this.#point(text))
      const first = this.#try(run)
      if (first instanceof Error) return this.#remember(this.#point(text, { error: first }))
      if (!first.done) return this.#remember(this.#point(text, { step: first.value, run }))
      text = after(run, first.value)
    }
    return this.#point(text, { error: new Error('goes from phase to phase without a step') })
  }

  #remember(point: Point): Point {
    this.#phases.set(point.state, point)
    return point
  }

  /** The program of the phase that this state is before; none after the last. */
  #begin(text: string): Run | undefined {
    const state = JSON.parse(text) as ThreadState
    if (state.at === DONE) return undefined
    const phase = this.thread.phases[state.at]
    if (!phase) throw new Error(`${this.thread.name} has no phase ${state.at}`)
    return { steps: this.#change(phase(state), state), state }
  }

  #advance(run: Run, state: string, before: NonNullable<Point['before']>): Point {
    const result = this.#try(run, before.answer)
    if (result instanceof Error) return this.#point(state, { error: result, before })
    if (result.done) return this.#enter(after(run, result.value))
    return this.#point(state, { step: result.value, run, before })
  }

  /** The program again, from the beginning of the phase up to a point that it has left already. */
  #replay(point: Point): Run {
    const answers: number[] = []
    for (let at = point.before; at; at = at.point.before) answers.push(at.answer)
    const run = this.#begin(point.state) as Run
    run.steps.next()
    for (const answer of answers.reverse()) run.steps.next(answer)
    return run
  }

  #try({ steps }: Run, ...answer: [] | [number]): IteratorResult<Step, string> | Error {
    try {
      return steps.next(...answer)
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #point(state: string, { step, error, run, before }: Partial<Point> = {}): Point {
    const future = step ? footprintOf(step) : NOTHING
    const rest = { after: new Map(), origins: new Set<Point>() }
    return { id: this.#points++, step, error, state, before, run, future, ...rest }
  }
}

/** The state after a phase that has ended with the name of the next. */
function after({ state }: Run, next: string): string {
  state.at = next
  return JSON.stringify(state)
}
