import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import {
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  type EngineKind,
  openConsumer,
  openPoller,
  openProducer,
  RingbufError,
  RingEpoll,
} from 'bpf-ringbuf'
import { Random } from '../../ring/support/random.js'
import { type AnyHandle, type AnyRing, joinRing } from '../../ring/support/rings.js'

/** How a runner waits for its turn's records. */
export const RUNNING_WAYS = [
  'wait',
  'waitAsync',
  'epoll.wait',
  'epoll.waitAsync',
  'poll',
  'pollAsync',
] as const
export type RunningWay = (typeof RUNNING_WAYS)[number]

/** `send`: numbered records. `run`: consume some, close, let another go on. `wait`: fall asleep, for good. */
export type RelayRole = 'send' | 'run' | 'wait'

export interface RelayOptions {
  readonly engine: EngineKind
  readonly seed: number
  /** Records that are sent, or that one turn takes at most. */
  readonly records: number
  /** Waits of a runner last so long at most: with less than 100, they race with the records. */
  readonly mostMs: number
  readonly way?: RunningWay
}

interface RelayData extends RelayOptions {
  readonly relay: RelayRole
  readonly handle: AnyHandle
  readonly next: Int32Array
}

export interface RunReport {
  readonly turns: number
  readonly seen: number
  readonly timeouts: number
}

/** One thread of a relay race in which the consumer of a ring is handed over. */
export class RelayThread {
  readonly #worker: Worker
  readonly #report: Promise<RunReport>

  /** @param next number of the record that comes next, shared by all runners. */
  constructor(relay: RelayRole, ring: AnyRing, next: Int32Array, options: RelayOptions) {
    const data: RelayData = { ...options, relay, handle: ring.handle, next }
    this.#worker = new Worker(new URL(import.meta.url), { workerData: data })
    this.#report = once(this.#worker, 'message').then(([report]) => report as RunReport)
    this.#report.catch(() => {})
  }

  /** What it reported; fails if it failed. */
  async report(): Promise<RunReport> {
    const report = await this.#report
    await this.#worker.terminate()
    return report
  }

  /** Ends it wherever it is: it closes nothing. */
  async kill(): Promise<void> {
    await this.#worker.terminate()
  }
}

if (workerData?.relay) void relay(workerData as RelayData)

async function relay(data: RelayData): Promise<void> {
  const ring = joinRing(data.handle, { engine: data.engine })
  if (data.relay === 'send') parentPort?.postMessage(send(data, ring))
  else if (data.relay === 'run') parentPort?.postMessage(await run(data, ring))
  else {
    parentPort?.postMessage({ turns: 0, seen: 0, timeouts: 0 })
    using sleeper = await openWhenFree(ring, data.way ?? 'wait', () => {})
    await sleeper.wait(data.mostMs)
  }
}

/** Pauses of all lengths, so that runners are found looking, falling asleep, and asleep. */
function send({ records, seed }: RelayData, ring: AnyRing): RunReport {
  const producer = openProducer(ring)
  const random = new Random(seed)
  const idle = new Int32Array(new SharedArrayBuffer(4))
  for (let number = 0; number < records; ) {
    if (random.oneIn(20)) Atomics.wait(idle, 0, 0, random.below(30) / 10)
    else for (let loads = random.below(5000); loads > 0; loads--) Atomics.load(idle, 0)
    if (random.oneIn(10)) {
      const address = producer.reserve(8)
      if (address !== 0) producer.discard(address)
      continue
    }
    // A quiet one is always followed by one that wakes.
    const quiet = random.oneIn(4) && number + 1 < records
    for (const flags of quiet ? [BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP] : [0]) {
      const address = producer.reserveBlocking(4, 10_000)
      if (address === 0) throw new Error(`no room for ten seconds, after ${number} records`)
      producer.memory.u32[address >>> 2] = number++
      producer.submit(address, flags)
    }
  }
  ring.close()
  return { turns: 1, seen: 0, timeouts: 0 }
}

/** Takes turns with other runners until the ring is closed and empty. */
async function run({ records, seed, mostMs, next, way }: RelayData, ring: AnyRing): Promise<RunReport> {
  const random = new Random(seed)
  const report = { turns: 0, seen: 0, timeouts: 0 }
  const take = (memory: Uint8Array, offset: number) => {
    const number = new DataView(memory.buffer).getUint32(offset, true)
    const expected = Atomics.add(next, 0, 1)
    if (number !== expected) throw new Error(`record ${number} came in the place of ${expected}`)
    report.seen++
  }
  for (;;) {
    const chosen = way ?? random.pick(RUNNING_WAYS)
    using runner = await openWhenFree(ring, chosen, take)
    report.turns++
    for (let left = 1 + random.below(records); left > 0; ) {
      const outcome = await runner.wait(mostMs < 100 ? random.below(mostMs * 10) / 10 : mostMs)
      if (outcome === 'closed') return report
      if (outcome === 'timeout') report.timeouts++
      if (outcome === 'timeout' && mostMs >= 100)
        throw new Error(`asleep in ${chosen}, after ${next[0]} records`)
      left -= runner.take(left)
    }
  }
}

/** Whoever has the ring at the moment. */
interface Runner extends Disposable {
  wait(timeoutMs: number): Promise<'closed' | 'timeout' | 'ready' | 'woken'>
  /** Takes so many records at most, and answers how many. */
  take(most: number): number
}

type Take = (memory: Uint8Array, offset: number) => void

async function openWhenFree(ring: AnyRing, way: RunningWay, take: Take): Promise<Runner> {
  for (;;) {
    try {
      if (way.startsWith('poll')) return pollerOf(ring, way, take)
      return consumerOf(ring, way, take)
    } catch (error) {
      if (!(error instanceof RingbufError && error.code === 'ERR_CONSUMER_TAKEN')) throw error
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

function consumerOf(ring: AnyRing, way: RunningWay, take: Take): Runner {
  const consumer = openConsumer(ring, { strategy: { spinUs: 20 } })
  const epoll = new RingEpoll({ strategy: 'park' })
  return {
    async wait(timeoutMs) {
      if (way === 'wait') return consumer.wait({ timeoutMs })
      if (way === 'waitAsync') return await consumer.waitAsync({ timeoutMs })
      // In it only while it waits, as one who does many things with a ring.
      if (epoll.size === 0) epoll.add(consumer)
      const events = way === 'epoll.wait' ? epoll.wait({ timeoutMs }) : await epoll.waitAsync({ timeoutMs })
      epoll.delete(consumer)
      if (events.length === 0) return 'timeout'
      return events[0]?.closed ? 'closed' : 'ready'
    },
    take: (max) => consumer.consumeRaw(take, { max }),
    [Symbol.dispose]() {
      epoll.close()
      consumer.close()
    },
  }
}

function pollerOf(ring: AnyRing, way: RunningWay, take: Take): Runner {
  const poller = openPoller({ strategy: 'park', budget: { max: 1 } })
  let taken = 0
  poller.addRaw(ring, (memory, offset) => {
    take(memory, offset)
    taken++
  })
  return {
    async wait(timeoutMs) {
      const started = performance.now()
      const answer = way === 'poll' ? poller.poll(timeoutMs) : await poller.pollAsync(timeoutMs)
      if (poller.finished) return 'closed'
      // It answers 0 for a visit that found discarded records only, too.
      return answer === 0 && performance.now() - started >= timeoutMs - 1 ? 'timeout' : 'ready'
    },
    take(most) {
      if (taken < most) poller.consumeN(most - taken)
      const answer = taken
      taken = 0
      return answer
    },
    [Symbol.dispose]() {
      poller.close()
    },
  }
}
