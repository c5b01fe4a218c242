import { SharedWords } from './access.js'
import { Behaviour, type Change, type Point, type Thread } from './behaviour.js'
import { Memory } from './memory.js'
import { perform } from './perform.js'
import { type Step, WAIT_NOT_EQUAL, WAIT_TIMED_OUT, WAIT_WOKEN } from './step.js'

/** One thing that can happen next. */
export interface Move {
  readonly thread: number
  readonly what: 'step' | 'time is over' | 'dies'
  /** Whom the step, a notify of one, wakes, where there is a choice. */
  readonly wakes: number
}

/** What happened, for those who want to read it. */
export interface Event {
  readonly thread: number
  readonly what: Move['what']
  readonly step: Step | undefined
  readonly before: number
  readonly after: number
  readonly answer: number
  readonly woken: readonly number[]
}

/** A program to explore: memory as it is at first, and threads. */
export interface World {
  readonly memory: ReadonlyMap<number, number>
  readonly threads: readonly Thread[]
}

const NOBODY = -1
/** Bits beside the high half of a point's number. */
const ASLEEP = 0x8000
const DEAD = 0x4000
/** A thread that does so many steps which nobody else can notice will not stop. */
const ALONE = 1000

/** Threads over shared memory, which can do one move and take it back. */
export class Machine {
  readonly memory: Memory
  readonly shared = new SharedWords()
  readonly behaviours: readonly Behaviour[]
  readonly #points: Point[]
  readonly #asleep: boolean[]
  readonly #dead: boolean[]
  readonly #undo: { mark: number; points: Point[]; asleep: boolean[]; dead: boolean[] }[] = []
  readonly #watch: ((event: Event) => void)[] = []

  constructor(world: World, change?: Change) {
    this.memory = new Memory(world.memory)
    this.behaviours = world.threads.map((thread) => new Behaviour(thread, change))
    this.#points = this.behaviours.map(({ start }) => start)
    this.#asleep = this.#points.map(() => false)
    this.#dead = this.#points.map(() => false)
  }

  /** Does what threads do before anybody else can notice. Call it once, or again after `restart`. */
  begin(): void {
    for (const thread of this.behaviours.keys()) this.#settle(thread)
  }

  /** Back to the beginning; what is known of points and shared words stays. */
  restart(): void {
    while (this.#undo.length > 0) this.undo()
    this.memory.rewind(0)
    for (const [thread, { start }] of this.behaviours.entries()) {
      this.#points[thread] = start
      this.#asleep[thread] = false
      this.#dead[thread] = false
    }
  }

  /** Calls for every event from now on. */
  watch(see: (event: Event) => void): void {
    this.#watch.push(see)
  }

  point(thread: number): Point {
    return this.#points[thread] as Point
  }

  isDead(thread: number): boolean {
    return this.#dead[thread] === true
  }

  /** The step that a thread can do now. */
  ready(thread: number): Step | undefined {
    return this.#asleep[thread] || this.#dead[thread] ? undefined : this.point(thread).step
  }

  /** All that can happen next. */
  moves(): Move[] {
    const moves: Move[] = []
    for (let thread = 0; thread < this.#points.length; thread++) {
      const { step } = this.point(thread)
      if (step === undefined || this.#dead[thread]) continue
      if (this.#asleep[thread]) {
        if (step.operands[1] === 1) moves.push({ thread, what: 'time is over', wakes: NOBODY })
      } else {
        const sleepers =
          step.operation === 'notify' && step.operands[0] === 1 ? this.#sleepers(step.address) : []
        // Any of them may be the one: no algorithm should count on an order.
        if (sleepers.length > 1) for (const wakes of sleepers) moves.push({ thread, what: 'step', wakes })
        else moves.push({ thread, what: 'step', wakes: NOBODY })
      }
      if (this.behaviours[thread]?.thread.diesAt !== undefined)
        moves.push({ thread, what: 'dies', wakes: NOBODY })
    }
    return moves
  }

  take({ thread, what, wakes }: Move): void {
    this.#undo.push({
      mark: this.memory.mark(),
      points: this.#points.slice(),
      asleep: this.#asleep.slice(),
      dead: this.#dead.slice(),
    })
    if (what === 'step') this.#step(thread, wakes)
    else if (what === 'time is over') this.#timeOut(thread)
    else this.#die(thread)
  }

  undo(): void {
    const last = this.#undo.pop()
    if (last === undefined) throw new Error('nothing to undo')
    this.memory.rewind(last.mark)
    for (let thread = 0; thread < last.points.length; thread++) {
      this.#points[thread] = last.points[thread] as Point
      this.#asleep[thread] = last.asleep[thread] as boolean
      this.#dead[thread] = last.dead[thread] as boolean
    }
  }

  /** A text that is the same for two states only if the threads cannot tell them apart. */
  key(): string {
    const codes = this.memory.named.slice()
    for (let thread = 0; thread < this.#points.length; thread++) {
      const { id } = this.point(thread)
      const how = (this.#asleep[thread] ? ASLEEP : 0) | (this.#dead[thread] ? DEAD : 0)
      codes.push(id & 0xffff, (id >>> 16) | how)
    }
    return String.fromCharCode(...codes)
  }

  #step(thread: number, wakes: number): void {
    const step = this.point(thread).step as Step
    const slot = this.memory.slot(step.address)
    this.shared.note(slot, thread, step)
    const next = this.#second(step)
    if (next !== undefined) this.shared.note(next, thread, step)
    const before = this.memory.read(slot)
    if (step.operation === 'wait') {
      if (before === step.operands[0]) {
        this.#asleep[thread] = true
        this.#tell(thread, 'step', step, before, WAIT_WOKEN)
        return
      }
      this.#tell(thread, 'step', step, before, WAIT_NOT_EQUAL)
      this.#answer(thread, WAIT_NOT_EQUAL)
      return
    }
    const woken = step.operation === 'notify' ? this.#wake(step, wakes) : []
    const answer = perform(step, this.memory, slot)
    this.#tell(thread, 'step', step, before, answer, woken)
    this.#answer(thread, answer)
    for (const sleeper of woken) this.#answer(sleeper, WAIT_WOKEN)
  }

  #timeOut(thread: number): void {
    this.#asleep[thread] = false
    const step = this.point(thread).step as Step
    this.#tell(thread, 'time is over', step, 0, WAIT_TIMED_OUT)
    this.#answer(thread, WAIT_TIMED_OUT)
  }

  #die(thread: number): void {
    const address = this.behaviours[thread]?.thread.diesAt as number
    this.#dead[thread] = true
    this.#asleep[thread] = false
    this.memory.write(this.memory.slot(address), 1)
    const woken = this.#sleepers(address)
    this.#tell(thread, 'dies', undefined, 0, 0, woken)
    for (const heir of woken) {
      this.#asleep[heir] = false
      this.#answer(heir, WAIT_WOKEN)
    }
  }

  /** Goes on to the next step that another thread could notice. */
  #answer(thread: number, answer: number): void {
    const behaviour = this.behaviours[thread] as Behaviour
    this.#points[thread] = behaviour.next(this.point(thread), answer)
    this.#settle(thread)
  }

  #settle(thread: number): void {
    for (let alone = 0; alone < ALONE; alone++) {
      const { step } = this.point(thread)
      if (step === undefined || step.operation === 'wait') return
      const slot = this.memory.slot(step.address)
      const next = this.#second(step)
      if (this.shared.has(slot) || (next !== undefined && this.shared.has(next))) return
      this.shared.note(slot, thread, step)
      if (next !== undefined) this.shared.note(next, thread, step)
      const before = this.memory.read(slot)
      const woken = step.operation === 'notify' ? this.#wake(step, NOBODY) : []
      const answer = perform(step, this.memory, slot)
      this.#tell(thread, 'step', step, before, answer, woken)
      const behaviour = this.behaviours[thread] as Behaviour
      this.#points[thread] = behaviour.next(this.point(thread), answer)
      for (const sleeper of woken) this.#answer(sleeper, WAIT_WOKEN)
    }
    // It goes round in circles. The search can tell whether that is right, if it sees it.
    const { step } = this.point(thread)
    if (step) this.shared.share(this.memory.slot(step.address))
  }

  /** The other word of a step that is about two. */
  #second({ operation, address }: Step): number | undefined {
    return operation === 'compareExchangePair' ? this.memory.slot(address + 4) : undefined
  }

  #sleepers(address: number): number[] {
    const sleepers: number[] = []
    for (let thread = 0; thread < this.#points.length; thread++) {
      if (this.#asleep[thread] && this.point(thread).step?.address === address) sleepers.push(thread)
    }
    return sleepers
  }

  /** Ends the sleep of those who are notified. They get their answer when the notifier has its own. */
  #wake(step: Step, wakes: number): number[] {
    const sleepers = wakes === NOBODY ? this.#sleepers(step.address) : [wakes]
    for (const sleeper of sleepers) this.#asleep[sleeper] = false
    return sleepers
  }

  #tell(
    thread: number,
    what: Move['what'],
    step: Step | undefined,
    before: number,
    answer: number,
    woken: readonly number[] = [],
  ): void {
    if (this.#watch.length === 0) return
    const after = step ? this.memory.read(this.memory.slot(step.address)) : 0
    for (const see of this.#watch) see({ thread, what, step, before, after, answer, woken })
  }
}
