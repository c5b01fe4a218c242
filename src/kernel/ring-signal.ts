import type { Bed, BedKind, Lying } from '../memory/bed.js'
import { EPOLL_CTL_ADD, EPOLLET, EPOLLIN, EPOLLOUT, POLLIN } from '../system/constants.js'
import { Descriptor } from '../system/descriptor.js'
import { must } from '../system/failure.js'
import type { System } from '../system/system.js'
import { Watch } from '../system/watch.js'

/**
 * How the kernel tells that something came into a ring of its own: by an epoll of ours in which the ring's map
 * is, edge-triggered. Level-triggered it would report a ring whose first record is busy again and again;
 * edge-triggered it reports wake-ups, which the commit of that record is (R38). Nothing is lost by that,
 * because the consumer's position is stored before the ring is looked at, and both are sequentially
 * consistent here.
 */
export class RingSignal {
  readonly system: System
  readonly #epoll: Descriptor
  readonly #what: string
  readonly #ready = new Uint32Array(2)
  #watch: Watch | undefined
  /** Whoever sleeps, and is to be woken: several may wait for room in one ring. */
  readonly #asleep = new Set<() => void>()
  /** It was heard by the event loop, and nobody has asked since. */
  #heard = false

  constructor(system: System, fd: number, what: string, events: typeof EPOLLIN | typeof EPOLLOUT = EPOLLIN) {
    this.system = system
    this.#what = what
    this.#epoll = Descriptor.own(system, system.epollCreate(), 'epoll_create1', what)
    const answer = system.epollControl(this.#epoll.fd, EPOLL_CTL_ADD, fd, (events | EPOLLET) >>> 0, 0)
    if (answer < 0) this.#epoll.close()
    must(answer, 'epoll_ctl', what)
  }

  /** The epoll, which is readable when it was rung. */
  get fd(): number {
    return this.#epoll.fd
  }

  /** Whether it was rung since this was last asked. */
  rung(): boolean {
    // Whoever asks takes it from the event loop, which would have woken those who sleep.
    this.#hear()
    const heard = this.#heard
    this.#heard = false
    return heard
  }

  /** Calls back when it is rung, once. */
  listen(awake: () => void): Lying {
    this.#watch ??= new Watch(this.system, this.#epoll.fd, this.#what, () => this.#hear()).unref()
    this.#asleep.add(awake)
    return { leave: () => this.#asleep.delete(awake) }
  }

  /** Wakes whoever sleeps: they find out. */
  close(): void {
    this.#watch?.close()
    this.#epoll.close()
    this.#wakeAll()
  }

  #hear(): void {
    if (this.#epoll.closed || this.system.epollWait(this.#epoll.fd, this.#ready, 0) <= 0) return
    this.#heard = true
    this.#wakeAll()
  }

  #wakeAll(): void {
    const asleep = [...this.#asleep]
    this.#asleep.clear()
    for (const awake of asleep) awake()
  }
}

/** A sleep until a ring of the kernel is rung for. */
export class SignalBed implements Bed {
  readonly kind: BedKind = SIGNALS
  readonly signal: RingSignal

  constructor(signal: RingSignal) {
    this.signal = signal
  }

  block(ms: number): boolean {
    return SIGNALS.block([this], ms) as boolean
  }

  lie(awake: () => void): Lying {
    return this.signal.listen(awake)
  }
}

/** One poll(2) waits for all of them, and leaves what was rung for to be asked. */
const SIGNALS: BedKind = {
  most: 1000,
  block(beds, ms) {
    const signals = beds.map((bed) => (bed as SignalBed).signal)
    const [{ system }] = signals as [RingSignal]
    const answer = system.poll(
      signals.map(({ fd }) => ({ fd, events: POLLIN, found: 0 })),
      ms,
    )
    return must(answer, 'poll', 'rings of the kernel') > 0
  },
}
