import type { Change } from '../machine/behaviour.js'
import { type Event, Machine, type Move, NOBODY, type World } from '../machine/machine.js'
import type { MemoryModel } from '../machine/memory-model.js'
import { type Race, racesNow } from './races.js'
import { enough } from './reduction.js'

/** What a thread has come to when nothing can happen any more. */
export interface End {
  readonly name: string
  /** Its state when its last phase began. */
  readonly state: unknown
  readonly how: 'done' | 'dead' | 'asleep'
}

/** Says what is wrong when nothing can happen any more; it may look into memory. */
export type Judge = (ends: readonly End[], read: (address: number) => number) => string | undefined

/** What is to be explored, and what must hold in the end. */
export interface Problem extends World {
  /** What is wrong with an end; undefined if nothing is. Without it, all threads must be done. */
  readonly judge?: Judge
  /**
   * Whether a thread may look again and again while another, that could go on, does not. Without it, a
   * state that comes again is a failure: whoever has nothing to do must sleep.
   */
  readonly maySpin?: boolean
}

export interface SearchOptions {
  /** How often a thread that could go on may be interrupted by another. Default: without bound. */
  readonly preemptions?: number
  /** When stores reach memory. Default: at once. */
  readonly memory?: MemoryModel
  /** Whether orders that differ only in steps which nobody can tell apart are tried once (reduction.ts). Default: no. */
  readonly reduced?: boolean
  /** Changes what the threads do: a mutant. */
  readonly change?: Change
  /** Give up after so many states. */
  readonly states?: number
  /** Whether a race that is not known is a failure. */
  readonly mayRace?: (race: Race) => boolean
  readonly progress?: (states: number) => void
}

export interface Failure {
  readonly kind: 'asleep for ever' | 'goes round in circles' | 'thrown' | 'judged' | 'race'
  readonly message: string
  /** What happened until then. */
  readonly events: Event[]
  readonly schedule: Schedule
}

/** How to come to a state: which steps are seen one by one, and the moves. */
export interface Schedule {
  /** Addresses of the words that more than one thread uses. */
  readonly shared: readonly number[]
  readonly moves: readonly Move[]
}

export interface Outcome {
  readonly states: number
  readonly transitions: number
  /** Different states in which nothing can happen any more. */
  readonly ends: number
  /** Most moves that a state was found away from the beginning. */
  readonly depth: number
  readonly sharedWords: number
  readonly races: ReadonlyMap<string, Race>
  readonly failure: Failure | undefined
  /** Whether everything within the bound was seen. */
  readonly complete: boolean
}

/**
 * Goes through all states that the threads can bring about, depth first, until something is wrong.
 *
 * Each state is looked at once: what can happen from it does not depend on how it was reached. With a
 * bound it also matters who went last and how many interruptions are left, so a state is looked at
 * again when it is reached with more of them.
 */
export function search(problem: Problem, options: SearchOptions = {}): Outcome {
  const machine = new Machine(problem, options.change, options.memory)
  // A few interruptions lead to most places: what is known of them already need not make a search begin again.
  if (isReduced(problem, options)) new Search(machine, problem, { ...options, ...GLANCE }).run()
  for (;;) {
    machine.learn()
    const outcome = new Search(machine, problem, options).run()
    if (!machine.wasWrong) return outcome
  }
}

/** Bounds count interruptions, which the reduction moves; and who may spin may keep another from going on. */
function isReduced({ maySpin }: Problem, { reduced, preemptions }: SearchOptions): boolean {
  return reduced === true && preemptions === undefined && !maySpin
}

const GLANCE = { preemptions: 1, states: 5000 }

/** Goes one way only, and looks whether what happens there is wrong. */
export function replay(problem: Problem, { shared, moves }: Schedule, options: SearchOptions = {}): Outcome {
  const machine = new Machine(problem, options.change, options.memory)
  for (const address of shared) machine.shared.share(machine.memory.slot(address))
  machine.learn()
  return new Search(machine, problem, options, moves).run()
}

/** No execution should be longer: states are finite, unless something counts without end. */
const LONGEST = 5000

/** A state that was looked at. */
interface Known {
  /** After how many moves of the way here it was reached; -1 if it is not on the way. */
  since: number
  /** How many interruptions were left, at most, for each thread that went last. */
  readonly left: number[]
}

class Search {
  readonly #machine: Machine
  readonly #problem: Problem
  readonly #options: SearchOptions
  readonly #bounded: boolean
  readonly #reduced: boolean
  readonly #known = new Map<string, Known>()
  readonly #path: Move[] = []
  readonly #races = new Map<string, Race>()
  #transitions = 0
  #ends = 0
  #depth = 0
  #failure: Failure | undefined
  #stopped = false
  /** The only way to go, if there is one. */
  readonly #way: readonly Move[] | undefined

  constructor(machine: Machine, problem: Problem, options: SearchOptions, way?: readonly Move[]) {
    this.#way = way
    this.#machine = machine
    this.#problem = problem
    this.#options = options
    this.#bounded = options.preemptions !== undefined
    this.#reduced = isReduced(problem, options)
  }

  run(): Outcome {
    this.#machine.begin()
    this.#visit(NOBODY, this.#options.preemptions ?? 0)
    if (this.#failure && !this.#machine.wasWrong) this.#recall(this.#failure)
    return {
      states: this.#known.size,
      transitions: this.#transitions,
      ends: this.#ends,
      depth: this.#depth,
      sharedWords: this.#machine.shared.size,
      races: this.#races,
      failure: this.#failure,
      complete: !this.#stopped,
    }
  }

  #visit(last: number, interruptions: number): void {
    const key = this.#machine.key()
    const known = this.#known.get(key) ?? this.#discover(key)
    if (this.#failure || this.#stopped) return
    if (known.since >= 0) {
      if (this.#problem.maySpin && !this.#isFair(known.since)) return
      this.#fail('goes round in circles', 'this state was there before')
      return
    }
    const whoWentLast = this.#bounded ? last + 1 : 0
    if ((known.left[whoWentLast] ?? -1) >= interruptions) return
    known.left[whoWentLast] = interruptions

    known.since = this.#path.length
    const couldGoOn = last !== NOBODY && this.#machine.ready(last) !== undefined
    for (const move of this.#next()) {
      // That a store arrives interrupts nobody.
      const isStep = move.what !== 'arrives'
      const cost = this.#bounded && isStep && couldGoOn && move.thread !== last ? 1 : 0
      if (cost > interruptions) continue
      this.#path.push(move)
      this.#machine.take(move)
      this.#transitions++
      this.#visit(isStep ? move.thread : last, interruptions - cost)
      this.#machine.undo()
      if (this.#failure || this.#stopped) return
      this.#path.pop()
    }
    known.since = -1
  }

  /** What is tried from here. */
  #next(): readonly Move[] {
    const moves = this.#machine.moves()
    if (!this.#way) return this.#reduced ? enough(this.#machine, moves) : moves
    const next = this.#way[this.#path.length]
    if (!next) return []
    const { thread, what, which } = next
    if (!moves.some((move) => move.thread === thread && move.what === what && move.which === which)) {
      throw new Error(`move ${this.#path.length + 1} of the schedule cannot be made`)
    }
    return [next]
  }

  /** Remembers a state, and looks whether it is wrong by itself. */
  #discover(key: string): Known {
    const known: Known = { since: -1, left: [] }
    this.#known.set(key, known)
    const { size } = this.#known
    if (size % 4096 === 0) this.#options.progress?.(size)
    if (size > (this.#options.states ?? Number.POSITIVE_INFINITY)) this.#stopped = true
    this.#depth = Math.max(this.#depth, this.#path.length)
    if (this.#depth > LONGEST) throw new Error(`after ${LONGEST} steps no end is in sight: what grows there?`)
    this.#look()
    if (!this.#failure && this.#machine.moves().length === 0) this.#end()
    return known
  }

  /** Whether all who can move did, since a state on the way that is this one. */
  #isFair(before: number): boolean {
    const moved = new Set(this.#path.slice(before).map(({ thread }) => thread))
    return this.#machine.moves().every(({ thread }) => moved.has(thread))
  }

  /** Whether what was reached is wrong by itself. */
  #look(): void {
    for (const [index, { thread }] of this.#machine.behaviours.entries()) {
      const { error } = this.#machine.point(index)
      if (error) {
        this.#fail('thrown', `${thread.name}: ${error.message}`)
        return
      }
    }
    // A program without races behaves under every model as it does where all is in order.
    if ((this.#options.memory ?? 'sc') !== 'sc') return
    for (const race of racesNow(this.#machine)) {
      if (this.#races.has(race.name)) continue
      this.#races.set(race.name, race)
      if (this.#options.mayRace?.(race) === false) {
        this.#fail('race', race.name)
        return
      }
    }
  }

  #end(): void {
    this.#ends++
    // What is known now may make the search start over, so there is no sense in finishing it.
    if (this.#machine.wasWrong) this.#stopped = true
    const ends = this.#machine.behaviours.map(({ thread }, index): End => {
      const point = this.#machine.point(index)
      const how = this.#machine.isDead(index) ? 'dead' : point.step ? 'asleep' : 'done'
      return { name: thread.name, state: JSON.parse(point.state), how }
    })
    const asleep = ends.filter(({ how }) => how === 'asleep')
    if (this.#problem.judge) {
      const { memory } = this.#machine
      const wrong = this.#problem.judge(ends, (address) => memory.read(memory.slot(address)))
      if (wrong) this.#fail(asleep.length > 0 ? 'asleep for ever' : 'judged', wrong)
    } else if (asleep.length > 0) {
      this.#fail('asleep for ever', asleep.map(({ name }) => name).join(' and '))
    }
  }

  #fail(kind: Failure['kind'], message: string): void {
    const moves = this.#path.slice()
    this.#failure = { kind, message, events: [], schedule: { shared: this.#machine.sharedWords(), moves } }
  }

  /** Goes the way to the failure once more, and notes what happens. */
  #recall({ events, schedule }: Failure): void {
    this.#machine.restart()
    this.#machine.watch((event) => events.push(event))
    this.#machine.begin()
    for (const move of schedule.moves) this.#machine.take(move)
  }
}
