import { SharedWords } from './access.js'
import { Behaviour, type Change, type Point, type Thread } from './behaviour.js'
import { Memory } from './memory.js'
import {
  arrivesBefore,
  comesAfter,
  type MemoryModel,
  mayArrive,
  mayWait,
  type Waiting,
} from './memory-model.js'
import { perform } from './perform.js'
import { type Step, WAIT_NOT_EQUAL, WAIT_TIMED_OUT, WAIT_WOKEN } from './step.js'

/** One thing that can happen next. */
export interface Move {
  readonly thread: number
  /** `arrives`: a store that waited in the thread's buffer reaches memory. */
  readonly what: 'step' | 'arrives' | 'time is over' | 'dies'
  /** Whom the step, a notify of one, wakes, where there is a choice; or which store of the buffer arrives. */
  readonly which: number
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
  /** Whether it is a store that has not reached memory yet. */
  readonly waits: boolean
}

/** A program to explore: memory as it is at first, and threads. */
export interface World {
  readonly memory: ReadonlyMap<number, number>
  readonly threads: readonly Thread[]
}

/** Where there is no choice. */
export const NOBODY = -1
const EMPTY: readonly Waiting[] = []
/** Bits beside the high half of a point's number. */
const ASLEEP = 0x8000
const DEAD = 0x4000
/** A thread that does so many steps which nobody else can notice will not stop. */
const ALONE = 1000

/** What a move is taken back to. */
interface Before {
  readonly mark: number
  readonly points: readonly Point[]
  readonly asleep: readonly boolean[]
  readonly dead: readonly boolean[]
  readonly waiting: readonly (readonly Waiting[])[]
}

/** Threads over shared memory, which can do one move and take it back. */
export class Machine {
  readonly memory: Memory
  readonly shared = new SharedWords()
  readonly behaviours: readonly Behaviour[]
  readonly #points: Point[]
  readonly #asleep: boolean[]
  readonly #dead: boolean[]
  /** Each thread's store buffer, the oldest store first. Never changed, but replaced. */
  readonly #waiting: (readonly Waiting[])[]
  readonly #undo: Before[] = []
  readonly #watch: ((event: Event) => void)[] = []
  readonly #model: MemoryModel

  constructor(world: World, change?: Change, model: MemoryModel = 'sc') {
    this.#model = model
    this.memory = new Memory(world.memory)
    this.behaviours = world.threads.map((thread) => new Behaviour(thread, change))
    this.#points = this.behaviours.map(({ start }) => start)
    this.#asleep = this.#points.map(() => false)
    this.#dead = this.#points.map(() => false)
    this.#waiting = this.#points.map(() => EMPTY)
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
      this.#waiting[thread] = EMPTY
    }
  }

  /** Whether it has turned out, since the last `learn`, that not all was tried that can be. */
  get wasWrong(): boolean {
    return this.shared.grown || this.behaviours.some(({ wasWrong }) => wasWrong)
  }

  /** Back to the beginning, with what is known now. */
  learn(): void {
    this.restart()
    this.shared.grown = false
    for (const behaviour of this.behaviours) behaviour.beginAgain()
  }

  /** Addresses of the words that more than one thread uses. */
  sharedWords(): number[] {
    return this.memory.addresses.filter((_, slot) => this.shared.has(slot))
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

  /** The step that a thread is at, unless it sleeps. */
  ready(thread: number): Step | undefined {
    return this.#asleep[thread] || this.#dead[thread] ? undefined : this.point(thread).step
  }

  /** The stores of a thread that have not reached memory. */
  waiting(thread: number): readonly Waiting[] {
    return this.#waiting[thread] as readonly Waiting[]
  }

  /** All that can happen next, but for what can as well happen later. */
  moves(): Move[] {
    const steps: Move[] = []
    for (let thread = 0; thread < this.#points.length; thread++) this.#addSteps(thread, steps)
    if (this.#model === 'sc') return steps
    return [...this.#arrivals(steps.length === 0), ...steps]
  }

  /**
   * Stores that may reach memory next. When one does only matters to who looks at its word, to steps of its own thread
   * that must wait for it, and to other stores to its word: there is time until somebody is about to do such a step.
   */
  #arrivals(isAnything: boolean): Move[] {
    if (this.#waiting.every((waiting) => waiting.length === 0)) return []
    const awaited = isAnything ? undefined : this.#awaited()
    return this.#waiting.flatMap((waiting, thread) =>
      mayArrive(this.#model, waiting)
        .filter((which) => !awaited || awaited.has(waiting[which] as Waiting))
        .map((which): Move => ({ thread, what: 'arrives', which })),
    )
  }

  /**
   * The stores that somebody waits for, or looks at; those of their threads that must not come after them; and those of
   * other threads to a word of one of all these, since which of the two comes first is to be seen in the end.
   */
  #awaited(): ReadonlySet<Waiting> {
    const awaited = new Set<Waiting>()
    for (const [thread, waiting] of this.#waiting.entries()) {
      for (const store of waiting) if (this.#isLookedAt(thread, store)) awaited.add(store)
    }
    // A set that grows while it is gone through shows what is new, too.
    for (const store of awaited) {
      for (const waiting of this.#waiting) {
        const at = waiting.indexOf(store)
        for (const [index, other] of waiting.entries()) {
          const comesFirst = index < at && arrivesBefore(this.#model, other, store)
          if (comesFirst || (at < 0 && other.slot === store.slot)) awaited.add(other)
        }
      }
    }
    return awaited
  }

  #isLookedAt(owner: number, store: Waiting): boolean {
    return this.#points.some((_, thread) => {
      const step = this.ready(thread)
      if (!step) return false
      const slots = this.#slots(step)
      return thread === owner ? comesAfter(this.#model, step, slots, store) : slots.includes(store.slot)
    })
  }

  #addSteps(thread: number, moves: Move[]): void {
    const { step } = this.point(thread)
    if (step === undefined || this.#dead[thread]) return
    if (this.#asleep[thread]) {
      if (step.operands[1] === 1) moves.push({ thread, what: 'time is over', which: NOBODY })
    } else if (!this.#mustWait(thread, step)) {
      const sleepers =
        step.operation === 'notify' && step.operands[0] === 1 ? this.#sleepers(step.address) : []
      // Any of them may be the one: no algorithm should count on an order.
      if (sleepers.length > 1) for (const which of sleepers) moves.push({ thread, what: 'step', which })
      else moves.push({ thread, what: 'step', which: NOBODY })
    }
    if (this.behaviours[thread]?.thread.diesAt !== undefined)
      moves.push({ thread, what: 'dies', which: NOBODY })
  }

  take({ thread, what, which }: Move): void {
    this.#undo.push({
      mark: this.memory.mark(),
      points: this.#points.slice(),
      asleep: this.#asleep.slice(),
      dead: this.#dead.slice(),
      waiting: this.#waiting.slice(),
    })
    if (what === 'step') this.#step(thread, which)
    else if (what === 'arrives') this.#arrive(thread, which)
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
      this.#waiting[thread] = last.waiting[thread] as readonly Waiting[]
    }
  }

  /** A text that is the same for two states only if the threads cannot tell them apart. */
  key(): string {
    const codes = this.memory.named.slice()
    for (let thread = 0; thread < this.#points.length; thread++) {
      const { id } = this.point(thread)
      const how = (this.#asleep[thread] ? ASLEEP : 0) | (this.#dead[thread] ? DEAD : 0)
      codes.push(id & 0xffff, (id >>> 16) | how)
      if (this.#model === 'sc') continue
      const waiting = this.waiting(thread)
      codes.push(waiting.length)
      for (const { step, slot } of waiting) codes.push(slot, this.memory.name(step.operands[0] ?? 0))
    }
    return String.fromCharCode(...codes)
  }

  #step(thread: number, wakes: number): void {
    const step = this.point(thread).step as Step
    const before = this.#load(thread, step.address)
    if (step.operation === 'wait') {
      this.#note(thread, step)
      const sleeps = before === step.operands[0]
      this.#asleep[thread] = sleeps
      const answer = sleeps ? WAIT_WOKEN : WAIT_NOT_EQUAL
      this.#tell({ thread, what: 'step', step, before, answer })
      if (!sleeps) this.#answer(thread, answer)
      return
    }
    this.#perform(thread, step, wakes)
    this.#settle(thread)
  }

  /** Does a step, and goes on behind it; but those whom it wakes do not come back to it. */
  #perform(thread: number, step: Step, wakes: number): void {
    this.#note(thread, step)
    const slot = this.memory.slot(step.address)
    const before = this.#load(thread, step.address)
    const woken = step.operation === 'notify' ? this.#wake(step, wakes) : []
    const waits = this.shared.has(slot) && mayWait(this.#model, step)
    if (waits) this.#waiting[thread] = [...this.waiting(thread), { step, slot }]
    const isLoad = step.operation === 'load' || step.operation === 'atomicLoad'
    const answer = waits ? 0 : isLoad ? before : perform(step, this.memory, slot)
    this.#tell({ thread, what: 'step', step, before, answer, woken, waits })
    const behaviour = this.behaviours[thread] as Behaviour
    this.#points[thread] = behaviour.next(this.point(thread), answer)
    for (const sleeper of woken) this.#answer(sleeper, WAIT_WOKEN)
  }

  /** What a thread reads in a word: what it has last written, though it may not have reached memory. */
  #load(thread: number, address: number): number {
    const slot = this.memory.slot(address)
    const own = this.waiting(thread).findLast((store) => store.slot === slot)
    return own ? (own.step.operands[0] ?? 0) | 0 : this.memory.read(slot)
  }

  #arrive(thread: number, which: number): void {
    const waiting = this.waiting(thread)
    const { step, slot } = waiting[which] as Waiting
    const before = this.memory.read(slot)
    this.#waiting[thread] = waiting.filter((_, index) => index !== which)
    perform(step, this.memory, slot)
    this.#tell({ thread, what: 'arrives', step, before })
  }

  /** Whether stores of the thread must reach memory before it does this. */
  #mustWait(thread: number, step: Step): boolean {
    const waiting = this.waiting(thread)
    if (waiting.length === 0) return false
    const slots = this.#slots(step)
    return waiting.some((store) => comesAfter(this.#model, step, slots, store))
  }

  #timeOut(thread: number): void {
    this.#asleep[thread] = false
    const step = this.point(thread).step as Step
    this.#tell({ thread, what: 'time is over', step, answer: WAIT_TIMED_OUT })
    this.#answer(thread, WAIT_TIMED_OUT)
  }

  #die(thread: number): void {
    const address = this.behaviours[thread]?.thread.diesAt as number
    // What a thread has stored reaches memory before anybody hears of its death.
    while (this.waiting(thread).length > 0) this.#arrive(thread, 0)
    this.#dead[thread] = true
    this.#asleep[thread] = false
    this.memory.write(this.memory.slot(address), 1)
    const woken = this.#sleepers(address)
    this.#tell({ thread, what: 'dies', woken })
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
      if (step === undefined || this.#isNoticed(thread, step)) return
      this.#perform(thread, step, NOBODY)
    }
    // It goes round in circles. The search can tell whether that is right, if it sees it.
    const { step } = this.point(thread)
    if (step) this.shared.share(this.memory.slot(step.address))
  }

  /** Whether others could tell when a step is done; a store that waits they only notice when it arrives. */
  #isNoticed(thread: number, step: Step): boolean {
    if (step.operation === 'wait' || this.#mustWait(thread, step)) return true
    return !mayWait(this.#model, step) && this.#isShared(step)
  }

  #isShared({ operation, address }: Step): boolean {
    if (this.shared.has(this.memory.slot(address))) return true
    return operation === 'compareExchangePair' && this.shared.has(this.memory.slot(address + 4))
  }

  /** The words of a step: of one that is about a pair, both. */
  #slots({ operation, address }: Step): number[] {
    const slots = [this.memory.slot(address)]
    if (operation === 'compareExchangePair') slots.push(this.memory.slot(address + 4))
    return slots
  }

  #note(thread: number, step: Step): void {
    this.shared.note(this.memory.slot(step.address), thread, step)
    if (step.operation === 'compareExchangePair') {
      this.shared.note(this.memory.slot(step.address + 4), thread, step)
    }
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

  #tell(event: Pick<Event, 'thread' | 'what'> & Partial<Event>): void {
    if (this.#watch.length === 0) return
    const { step } = event
    const after = step ? this.memory.read(this.memory.slot(step.address)) : 0
    const rest = { step, before: 0, after, answer: 0, woken: [], waits: false }
    for (const see of this.#watch) see({ ...rest, ...event })
  }
}
