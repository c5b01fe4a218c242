/**
 * Rings that take turns in a poller: which of them a visit finds, by the kernel's rule for its epoll, how much it takes
 * of each, and what a callback does that stops it.
 */
import assert from 'node:assert/strict'
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, openPoller, type RingPoller } from 'bpf-ringbuf'
import fc from 'fast-check'
import type { Build } from '../../ring/support/builds.js'
import { Rig } from '../../ring/support/rig.js'
import { property } from '../property.js'
import { build, buildOf, only, steps, which } from '../support/draw.js'

type Operation =
  | { readonly do: 'output'; readonly ring: number; readonly flags: number; readonly stops: boolean }
  | { readonly do: 'reserve'; readonly ring: number }
  | {
      readonly do: 'submit' | 'discard'
      readonly ring: number
      readonly which: number
      readonly flags: number
    }
  | { readonly do: 'close'; readonly ring: number }
  | { readonly do: 'consumeN'; readonly count: number }
  | { readonly do: 'poll' | 'consume' }

const RINGS = 3
/** What a callback answers that stops. */
const STOP = -7
const ring = fc.nat(RINGS - 1)
const flags = fc.constantFrom(0, 0, 0, 1, 1, 2, 3)
const stops = fc.constantFrom(false, false, false, true)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 40, arbitrary: fc.record({ do: fc.constant('output' as const), ring, flags, stops }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('reserve' as const), ring }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('submit' as const), ring, which, flags }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('discard' as const), ring, which, flags }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), ring }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('consumeN' as const), count: fc.nat(5) }) },
  { weight: 25, arbitrary: only('poll') },
  { weight: 3, arbitrary: only('consume') },
)

interface Stored {
  readonly serial: number
  readonly stops: boolean
  readonly address: number
  state: 'busy' | 'submitted' | 'discarded'
}

/** One ring, as the poller must see it. */
class Line {
  readonly rig: Rig
  readonly stored: Stored[] = []
  closed = false
  /** Its end was told. */
  finished = false
  /** A visit looks at it: somebody rang, or it had something when that was looked at last. */
  listed = false

  constructor(build: Build) {
    this.rig = new Rig(build)
  }

  get isReadable(): boolean {
    return this.stored.length > 0 || this.closed
  }

  /** How many records a visit gives at most, until a busy one, the budget, or one that stops. */
  take(most: number): { given: Stored[]; stopped: boolean } {
    const given: Stored[] = []
    // A visit without a number ends where the records end that it found.
    while (this.stored[0] !== undefined && this.stored[0].state !== 'busy' && given.length < most) {
      const record = this.stored.shift() as Stored
      if (record.state === 'discarded') continue
      given.push(record)
      if (record.stops) return { given, stopped: true }
    }
    return { given, stopped: false }
  }
}

class Turns {
  readonly #lines: Line[]
  readonly #poller: RingPoller
  readonly #budget: number
  #seen: number[][] = []
  /** Rings that had something and were not visited, because a callback had stopped. */
  #waiting = new Set<Line>()
  #serial = 0

  constructor(build: Build, budget: number) {
    this.#budget = budget
    this.#poller = openPoller({ budget: { max: budget } })
    this.#lines = Array.from({ length: RINGS }, () => new Line(build))
    for (const { rig } of this.#lines) {
      const seen: number[] = []
      this.#seen.push(seen)
      this.#poller.add(rig.ring, (record) => {
        const [serial = 0, stops = 0] = new Uint32Array(record.buffer)
        seen.push(serial)
        return stops === 1 ? STOP : 0
      })
    }
  }

  apply(operation: Operation): void {
    switch (operation.do) {
      case 'output': {
        const line = this.#lines[operation.ring] as Line
        if (this.#reserve(line, operation.stops)) this.#commit(line, 'submit', Infinity, operation.flags)
        break
      }
      case 'reserve':
        this.#reserve(this.#lines[operation.ring] as Line, false)
        break
      case 'submit':
      case 'discard':
        this.#commit(this.#lines[operation.ring] as Line, operation.do, operation.which, operation.flags)
        break
      case 'close': {
        const line = this.#lines[operation.ring] as Line
        line.rig.ring.close()
        line.closed = true
        line.listed = true
        break
      }
      case 'poll':
        this.#poll()
        break
      case 'consume':
        this.#visitAll(this.#poller.consume(), Number.POSITIVE_INFINITY)
        break
      case 'consumeN':
        this.#visitAll(this.#poller.consumeN(operation.count), operation.count)
    }
    assert.equal(
      this.#poller.finished,
      this.#lines.every(({ finished }) => finished),
    )
  }

  close(): void {
    this.#poller.close()
  }

  #reserve(line: Line, stops: boolean): boolean {
    const { producer } = line.rig
    const address = producer.reserve(8)
    if (address === 0) return false
    const serial = this.#serial++
    producer.memory.u32.set([serial, stops ? 1 : 0], address >>> 2)
    line.stored.push({ serial, stops, address, state: 'busy' })
    return true
  }

  #commit(line: Line, way: 'submit' | 'discard', which: number, flags: number): void {
    const busy = line.stored.filter(({ state }) => state === 'busy')
    const record = which === Number.POSITIVE_INFINITY ? busy.at(-1) : busy[which % (busy.length || 1)]
    if (record === undefined) return
    assert.equal(line.rig.producer[way](record.address, flags), 0)
    record.state = way === 'submit' ? 'submitted' : 'discarded'
    // R38, R40: it rings for the record that its consumer stands at, or by force.
    const rings = (flags & BPF_RB_NO_WAKEUP) === 0 && line.stored[0] === record
    if (rings || (flags & BPF_RB_FORCE_WAKEUP) !== 0) line.listed = true
  }

  /** Visits those that are listed, in some order; a callback that stops leaves the others for the next time. */
  #poll(): void {
    const answer = this.#poller.poll(0)
    const ready = this.#lines.filter((line) => {
      // Level-triggered: it stays listed for as long as it has something.
      line.listed &&= line.isReadable && !line.finished
      return line.listed
    })
    const waited = this.#waiting
    this.#waiting = new Set()
    let count = 0
    let stopper: Line | undefined
    for (const line of ready) {
      const seen = this.#takeSeen(line)
      const isEmpty = line.stored.length === 0
      const expected = line.take(this.#budget)
      if (seen.length === 0 && expected.given.length > 0) {
        line.stored.unshift(...expected.given)
        this.#waiting.add(line)
        continue
      }
      assert.deepEqual(
        seen,
        expected.given.map(({ serial }) => serial),
      )
      if (expected.stopped) stopper = line
      else count += seen.length
      // It is told when nothing more will come; what a stop leaves is told later.
      if (line.closed && isEmpty && answer >= 0) line.finished = true
    }
    if (stopper === undefined) {
      assert.equal(this.#waiting.size, 0, 'a ring is ready, and was not visited')
      assert.equal(answer, count)
    } else {
      assert.equal(answer, STOP)
      assert.ok(![...waited].some((line) => this.#waiting.has(line)) || waited.has(stopper), 'it waits twice')
    }
    for (const line of this.#lines) assert.deepEqual(this.#takeSeen(line), [], 'a ring was visited in vain')
  }

  /** All rings in their order, whether somebody rang or not. */
  #visitAll(answer: number, most: number): void {
    let count = 0
    for (const line of this.#lines) {
      const { given, stopped } = line.take(most - count)
      assert.deepEqual(
        this.#takeSeen(line),
        given.map(({ serial }) => serial),
      )
      count += given.length
      if (stopped) {
        assert.equal(answer, STOP)
        return
      }
      if (count >= most) break
    }
    assert.equal(answer, count)
  }

  #takeSeen(line: Line): number[] {
    return this.#seen[this.#lines.indexOf(line)]?.splice(0) ?? []
  }
}

export const POLLER = property({
  name: 'poller',
  law: 'a poller visits the rings that somebody rang for, all of them, and takes no more than its budget',
  promise: 'No lost wake-up',
  model: 'an array of records for each ring, and whether it is listed',
  share: 0.5,
  cases: fc.record({ build, budget: fc.integer({ min: 1, max: 6 }), steps: steps(operation, 80) }),
  check(example) {
    const turns = new Turns(buildOf(example.build), example.budget)
    for (const operation of example.steps) turns.apply(operation)
    turns.close()
  },
})
