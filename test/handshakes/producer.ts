import { parentPort, workerData } from 'node:worker_threads'
import {
  attachRing,
  BPF_RB_CONS_POS,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  BPF_RB_PROD_POS,
  type EngineKind,
  openProducer,
  type Producer,
  type RingHandle,
} from 'bpf-ringbuf'
import { Random } from '../ring/support/random.js'
import { RunQueue } from './run-queue.js'

/** What the main thread asks of its producer: so many handshakes with new rings, which it then closes. */
export interface RoundOrder {
  readonly handles: readonly RingHandle[]
  readonly engine: EngineKind
  readonly handshakes: number
  readonly seed: number
  /** Whoever has not consumed after so long has not been woken, and the round is given up. */
  readonly hopelessMs: number
}

export interface RoundReport {
  /** Records that were submitted, ring by ring. */
  readonly sent: readonly number[]
  /** Microseconds from each commit that promised a wake-up until it was consumed. */
  readonly stallsUs: Float32Array<ArrayBuffer>
  /** The longest part of any that was not counted, because one of the two had no processor. */
  readonly starvedMs: number
  /** What was committed when nobody woke up; undefined: all is well. */
  readonly lost: string | undefined
}

/** Busy between two handshakes for so long at most. */
const MOST_DELAY_US = 50
/** About as long as falling asleep takes: half of the commits come in the middle of it. */
const ASLEEP_US = 8
/** A stall that is worth asking why. */
const LONG_MS = 1
/** After so long it lets others have the CPU. */
const PATIENCE_US = 200

type Deed = (producer: Producer, next: () => number, random: Random) => void

/** What is committed in one handshake. The last commit of each promises a wake-up. */
const DEEDS: readonly [name: string, weight: number, deed: Deed][] = [
  ['record', 8, (producer, next) => put(producer, next(), 0)],
  [
    'NO_WAKEUP, then FORCE_WAKEUP',
    2,
    (producer, next, random) => {
      put(producer, next(), BPF_RB_NO_WAKEUP)
      if (random.oneIn(2)) pass(random.below(20))
      put(producer, next(), BPF_RB_FORCE_WAKEUP)
    },
  ],
  [
    'discard',
    2,
    (producer) => {
      const address = reserve(producer)
      promise(() => producer.discard(address))
    },
  ],
  [
    'batch',
    2,
    (producer, next, random) => {
      const records = 2 + random.below(4)
      const first = producer.reserveBatch(records, 4)
      for (let i = 0; i < records; i++) {
        producer.memory.u32[producer.batchAddress(first, i, 4) >>> 2] = next()
      }
      promise(() => producer.submitBatch(first, records, 4))
    },
  ],
  [
    'two records, the later first',
    1,
    (producer, next) => {
      const [first, second] = [reserve(producer), reserve(producer)]
      producer.memory.u32[first >>> 2] = next()
      producer.memory.u32[second >>> 2] = next()
      must(producer.submit(second))
      promise(() => producer.submit(first))
    },
  ],
  [
    'record, committed late',
    1,
    (producer, next, random) => {
      const address = reserve(producer)
      pass(random.below(MOST_DELAY_US))
      producer.memory.u32[address >>> 2] = next()
      promise(() => producer.submit(address))
    },
  ],
]
const DRAWN = DEEDS.flatMap((deed) => Array.from({ length: deed[1] }, () => deed))

/** When the last commit that promises a wake-up began. The commit itself may take long: it wakes. */
let promised = 0

function promise(commit: () => number): void {
  promised = performance.now()
  must(commit())
}

const runQueue = new RunQueue()
const idle = new Int32Array(new SharedArrayBuffer(4))

if (workerData?.handshakes) {
  parentPort?.on('message', (order: RoundOrder) => {
    const report = shakeHands(order)
    parentPort?.postMessage(report, [report.stallsUs.buffer])
  })
}

function shakeHands({ handles, engine, handshakes, seed, hopelessMs }: RoundOrder): RoundReport {
  const random = new Random(seed)
  const producers = handles.map((handle) => openProducer(attachRing(handle, { engine })))
  const sent = producers.map(() => 0)
  const stallsUs = new Float32Array(handshakes)
  let starvedMs = 0
  let lost: string | undefined
  for (let i = 0; i < handshakes && lost === undefined; i++) {
    const ring = random.below(producers.length)
    const producer = producers[ring] as Producer
    const [name, , deed] = random.pick(DRAWN)
    const waited = runQueue.waitedMs()
    deed(producer, () => bump(sent, ring), random)
    const stall = untilConsumed(producer, promised, hopelessMs)
    const starved = stall < LONG_MS ? 0 : Math.min(stall, runQueue.waitedMs() - waited)
    starvedMs = Math.max(starvedMs, starved)
    stallsUs[i] = (stall - starved) * 1000
    if (stall >= hopelessMs) lost = `${name}, handshake ${i}, ring ${ring}`
    if (random.oneIn(64)) Atomics.wait(idle, 0, 0, 0.01)
    else pass(random.below(random.oneIn(2) ? ASLEEP_US : MOST_DELAY_US))
  }
  for (const { ring } of producers) ring.close()
  for (const producer of producers) producer.detach()
  return { sent, stallsUs, starvedMs, lost }
}

/** Milliseconds since then, when the consumer has come to the end of the ring. */
function untilConsumed({ ring }: Producer, started: number, hopelessMs: number): number {
  const end = ring.query(BPF_RB_PROD_POS)
  for (;;) {
    for (let looks = 0; looks < 16; looks++) {
      if (ring.query(BPF_RB_CONS_POS) === end) return performance.now() - started
    }
    const took = performance.now() - started
    if (took >= hopelessMs) return took
    if (took * 1000 > PATIENCE_US) Atomics.wait(idle, 0, 0, 0.02)
  }
}

function put(producer: Producer, number: number, flags: number): void {
  const address = reserve(producer)
  producer.memory.u32[address >>> 2] = number
  promise(() => producer.submit(address, flags))
}

/** There always is room: nothing is left in the ring of the handshake before. */
function reserve(producer: Producer): number {
  const address = producer.reserve(4)
  if (address === 0) throw new Error(`no record could be reserved: ${producer.reason}`)
  return address
}

function must(answer: number): void {
  if (answer !== 0) throw new Error(`a commit was answered ${answer}`)
}

function bump(sent: number[], ring: number): number {
  const number = sent[ring] as number
  sent[ring] = number + 1
  return number
}

/** Is busy for so many microseconds. */
function pass(us: number): void {
  const end = performance.now() + us / 1000
  while (performance.now() < end);
}
