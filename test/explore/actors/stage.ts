import {
  FREE_WORD,
  LONG_RECORD_BYTES,
  RECORD_OWNER_SHIFT,
  RECORD_PAGE_OFFSET_WORD,
} from '#dist/abi/record.js'
import * as region from '#dist/abi/region.js'
import { BELL_BYTES } from '#dist/memory/bells.js'
import type { MemoryViews } from '#dist/memory/views.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { regionBytes, writeRegion } from '#dist/ring/region.js'
import type { Thread, ThreadState } from '../machine/behaviour.js'
import { Machine, type Move } from '../machine/machine.js'
import type { Steps } from '../machine/step.js'
import type { Judge, Problem } from '../search/search.js'
import type { NameWord } from '../search/trace.js'
import type { Algorithm, Loaded } from '../transform/load.js'

export type Order = 'claim' | 'lock'

/** A ring to explore. Far smaller than users can make them: the algorithm does not know a smallest. */
export interface RingPlan {
  readonly order: Order
  /** Bytes of data, a power of two. Default: four records. */
  readonly size?: number
  /**
   * With claims: whether free memory holds old records at first, as after a lap of long ones; and whether the consumer
   * leaves it so from then on, as if all records were long. Default: `never`.
   */
  readonly unclean?: 'never' | 'at first' | 'later' | 'always'
  /** RING_FLAG_* besides that of the order. */
  readonly flags?: number
  /** Whether dropped records are counted. */
  readonly countsDrops?: boolean
  /** Whether consumed and lost records are counted. */
  readonly countsConsumed?: boolean
}

/** Owner word of a slot of a recoverable ring. */
export const TOKEN = (1 << region.OWNER_GENERATION_SHIFT) | region.OWNER_USED

/** Bytes of payload of every record: its name, and the complement of its name. */
export const PAYLOAD_BYTES = 8
/** Bytes that such a record takes. */
export const RECORD_BYTES = 16

/** Positions wrap, and so does the ring, after the second record (R28). */
const FIRST_POSITION = (2 ** 32 - 2 * RECORD_BYTES) >>> 0
/** Who is in the way is looked at once more, then slept on. */
const PATIENCE = 1
/** Rings lie so far apart. */
const RING_DISTANCE = 0x10_0000
/** Words that are in no ring; and a board of bells. */
const OUTSIDE = 0x8000_0000
const BOARD = 0x9000_0000

/** The algorithm, and memory with rings in it: what the threads of a scenario act on. */
export class Stage {
  readonly algorithm: Algorithm
  readonly loaded: Loaded
  readonly #memory = new Map<number, number>()
  readonly #rings: readonly RingPlan[]
  readonly #outside: string[] = []

  constructor(loaded: Loaded, ...rings: readonly RingPlan[]) {
    this.loaded = loaded
    this.algorithm = loaded.algorithm
    this.#rings = rings
    for (const [ring, plan] of rings.entries()) this.#build(ring, plan)
  }

  /** Address of a word of a ring, given its offset. */
  address(ring: number, offset: number): number {
    return ring * RING_DISTANCE + offset
  }

  /** Puts into a word what may have been left there before. */
  leave(ring: number, offset: number, value: number): void {
    this.#memory.set(this.address(ring, offset), value | 0)
  }

  /** Lets a thread do all it does, before the others begin. Answers its state in the end. */
  prelude<S extends ThreadState>(thread: Thread<S>): S {
    const machine = new Machine({ memory: this.#memory, threads: [thread] })
    machine.begin()
    for (let moves = machine.moves(); moves.length > 0; moves = machine.moves())
      machine.take(moves[0] as Move)
    for (const [slot, address] of machine.memory.addresses.entries()) {
      this.#memory.set(address, machine.memory.read(slot))
    }
    return JSON.parse(machine.point(0).state) as S
  }

  /** Address of a word that is in no ring, at 0 first. */
  word(name: string): number {
    this.#outside.push(name)
    return OUTSIDE + (this.#outside.length - 1) * 4
  }

  /** Stands for the words of the board of bells. */
  readonly board = { base: BOARD } as unknown as Int32Array

  /** Address of the word of a bell. */
  bell(place: number): number {
    return BOARD + place * BELL_BYTES
  }

  /** A thread's private knowledge of a ring: plain data, as all that a thread keeps between its turns. */
  view(ring: number, slot = 0): View {
    const plan = this.#rings[ring] as RingPlan
    const { order, size = 4 * RECORD_BYTES, unclean } = plan
    const view = {
      ring: ring * RING_DISTANCE,
      size,
      locked: order === 'lock',
      flags: this.#flags(plan),
      slot: ring * RING_DISTANCE + region.SLOTS_OFFSET + slot * region.SLOT_BYTES,
      slotShared: false,
      owner: slot << RECORD_OWNER_SHIFT,
      token: TOKEN,
      patient: false,
      unreported: 0,
      unreportedSince: 0,
      limit: FIRST_POSITION | 0,
      longRecordBytes: unclean === 'later' || unclean === 'always' ? RECORD_BYTES : LONG_RECORD_BYTES,
      found: [0, 0, 0, 0],
      reason: 0,
      evidence: 0,
      board: this.board,
      countsDrops: plan.countsDrops === true,
      countsConsumed: plan.countsConsumed === true,
      countsAttempts: ((plan.flags ?? 0) & region.RING_FLAG_RECOVERABLE) !== 0,
    }
    return view as unknown as View
  }

  /** That of a producer: in a recoverable ring it has a slot of its own. */
  producerView(ring: number, index: number): View {
    const recoverable = ((this.#rings[ring]?.flags ?? 0) & region.RING_FLAG_RECOVERABLE) !== 0
    if (!recoverable) return this.view(ring)
    const slot = index + 1
    this.leave(ring, region.SLOTS_OFFSET + slot * region.SLOT_BYTES + region.SLOT_OWNER, TOKEN)
    return this.view(ring, slot)
  }

  /** How often to try when another is in the way. Whoever has used that up parks. */
  readonly patience = PATIENCE

  /** Sleeps until the lock is given back, or another has reserved. */
  park(view: View): Steps<boolean> {
    const views = { i32: new Int32Array(), u32: new Uint32Array() } as unknown as MemoryViews
    const { algorithm } = this
    return (view.flags & region.RING_FLAG_LOCK) === 0
      ? algorithm.parkOnReservation({ views, address: view.ring })
      : algorithm.parkOnLock({ views, address: view.ring })
  }

  /** Where both positions of a ring are at first, as the algorithm keeps them. */
  get firstPosition(): number {
    return FIRST_POSITION | 0
  }

  play(threads: readonly Thread[], judge?: Judge): Play {
    const play = { memory: this.#memory, threads, nameWord: this.#nameWord }
    return judge ? { ...play, judge } : play
  }

  /** What the ring's own code writes into new memory; and then what may have been left of a lap before. */
  #build(ring: number, plan: RingPlan): void {
    const view = this.view(ring)
    const buffer = new SharedArrayBuffer(regionBytes(view.size))
    const head = {
      name: new Uint8Array(),
      size: view.size,
      locked: plan.order === 'lock',
      flags: this.#flags(plan),
    }
    writeRegion(buffer, 0, head, FIRST_POSITION)
    for (const [index, value] of new Int32Array(buffer).entries()) {
      if (value !== 0) this.#memory.set(this.address(ring, index * 4), value)
    }
    const { order, unclean = 'never' } = plan
    if (order === 'lock') this.#leaveOldRecords(ring, view.size)
    // Nobody else is there yet, so it need not be interrupted.
    const preparing = this.algorithm.prepare(view)
    for (let step = preparing.next(); !step.done; step = preparing.next(0)) {
      this.#memory.set(step.value.address, (step.value.operands[0] ?? 0) | 0)
    }
    if (unclean === 'never' || unclean === 'later') return
    this.#leaveOldRecords(ring, view.size)
    this.leave(ring, region.CLEAN_POSITION, FIRST_POSITION + view.size)
    // Where a producer would have left it so.
    const next = region.DATA_OFFSET + (FIRST_POSITION & (view.size - 1))
    this.leave(ring, next, FREE_WORD)
    this.leave(ring, next + RECORD_PAGE_OFFSET_WORD, FREE_WORD)
  }

  #flags({ order, flags = 0 }: RingPlan): number {
    return flags | (order === 'lock' ? region.RING_FLAG_LOCK : 0)
  }

  /** Committed records where new ones will be: whoever reads a header too early believes it. */
  #leaveOldRecords(ring: number, size: number): void {
    for (let at = 0; at < size; at += RECORD_BYTES) {
      const header = this.address(ring, region.DATA_OFFSET + at)
      this.#memory.set(header, PAYLOAD_BYTES)
      this.#memory.set(header + RECORD_PAGE_OFFSET_WORD, (region.DATA_OFFSET + at) >>> region.PAGE_SHIFT)
      this.#memory.set(header + 8, OLD_NAME)
      this.#memory.set(header + 12, ~OLD_NAME)
    }
  }

  readonly #nameWord: NameWord = (address) => {
    if (address >= BOARD) return `bell ${(address - BOARD) / BELL_BYTES}`
    if (address >= OUTSIDE) return this.#outside[(address - OUTSIDE) / 4] ?? `0x${address.toString(16)}`
    const ring = Math.floor(address / RING_DISTANCE)
    const offset = address % RING_DISTANCE
    const name = offset < region.DATA_OFFSET ? nameOffset(offset) : `data + ${offset - region.DATA_OFFSET}`
    return this.#rings.length > 1 ? `ring ${ring} ${name}` : name
  }
}

/** What a scenario comes to: a problem to search, and names for its words. */
export interface Play extends Problem {
  readonly nameWord: NameWord
}

/** What a record of an earlier lap says it is. No record of a scenario is called so. */
const OLD_NAME = 0x0dd

/** `SLEEP_WORD` is called sleep word. What is no word of a ring but a size, a bit or a value is left out. */
const OFFSETS = new Map(
  Object.entries(region)
    .filter(
      ([name, value]) =>
        typeof value === 'number' &&
        value >= 128 &&
        !/_(BYTES|SHIFT|OFFSET|BIT|IDENTITY|JOURNAL|MASK|MAX)$/.test(name),
    )
    .map(([name, value]) => [value as number, name.toLowerCase().replaceAll('_', ' ')]),
)

function nameOffset(offset: number): string {
  return OFFSETS.get(offset) ?? `head + ${offset}`
}
