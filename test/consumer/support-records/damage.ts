import { parentPort, workerData } from 'node:worker_threads'
import {
  attachRing,
  BPF_F_RB_OVERWRITE,
  type Consumer,
  createRing,
  type EngineKind,
  openConsumer,
  openProducer,
  RingbufError,
} from 'bpf-ringbuf'
import {
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  DATA_OFFSET,
  LOST_COUNT,
  OVERWRITE_POSITION,
  OVERWRITE_ROUNDS,
  OVERWRITING,
  OVERWRITTEN_COUNT,
  PENDING_POSITION,
  PRODUCER_POSITION,
} from '#dist/abi/region.js'
import { Random } from '../../ring/support/random.js'

export interface DamageData {
  readonly damage: true
  readonly engine: EngineKind
  readonly seed: number
  readonly cases: number
  /** Where it notes what it is about to do: text, for who finds that it does not end. */
  readonly trace: Uint8Array
}

export interface DamageReport {
  readonly cases: number
  /** How many of the acts said that something is damaged. */
  readonly found: number
  /** What should not happen: one line each. */
  readonly wrong: readonly string[]
  /** Acts that took longer than they may. */
  readonly slow: readonly string[]
}

const WORDS = {
  OVERWRITE_POSITION,
  OVERWRITE_ROUNDS,
  OVERWRITTEN_COUNT,
  OVERWRITTEN_HIGH: OVERWRITTEN_COUNT + 4,
  OVERWRITING,
  PENDING_POSITION,
  PRODUCER_POSITION,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  CONSUMED_COUNT,
  CONSUMED_HIGH: CONSUMED_COUNT + 4,
  LOST_COUNT,
  LOST_HIGH: LOST_COUNT + 4,
} as const

const SIZE = 4096
/** Nothing takes longer than some hundred milliseconds: looks that are tried again and again, in vain. */
const SLOW_MS = 1000

if (workerData?.damage) {
  const { engine, seed, cases, trace } = workerData as DamageData
  const report = { cases, found: 0, wrong: [] as string[], slow: [] as string[] }
  for (let i = 0; i < cases && report.wrong.length + report.slow.length < 5; i++)
    damageOnce(engine, seed + i, report, trace)
  parentPort?.postMessage(report)
}

/** Damages a ring in some way, then does to it all that can be done. None of it may run wild. */
function damageOnce(
  engine: EngineKind,
  seed: number,
  report: { found: number; wrong: string[]; slow: string[] },
  trace: Uint8Array,
): void {
  const random = new Random(seed)
  const initialPosition = random.pick([0, 512, 2 ** 31 - 2048, 2 ** 32 - 2048])
  const ring = createRing({ size: SIZE, flags: BPF_F_RB_OVERWRITE, engine, initialPosition })
  const producer = openProducer(ring)
  let consumer = openConsumer(ring, { showLost: true })
  const { u32 } = producer.memory
  const payload = new Uint8Array(600)
  for (let i = random.below(80); i > 0; i--) {
    producer.output(payload.fill(random.word()).subarray(0, random.below(random.oneIn(5) ? 600 : 60)))
  }
  consumer.consume(() => {}, { max: random.below(10) })
  for (let i = random.below(40); i > 0; i--) producer.output(payload.subarray(0, random.below(60)))
  if (random.oneIn(3)) producer.reserve(random.below(100))
  const log: string[] = []
  const damage = () => {
    const names = Object.keys(WORDS) as (keyof typeof WORDS)[]
    const header = random.oneIn(4)
    const name = random.pick(names)
    const offset = header ? DATA_OFFSET + random.below(SIZE / 8) * 8 : WORDS[name]
    const before = u32[offset >>> 2] as number
    const value = random.pick([
      0,
      1,
      8,
      SIZE,
      2 ** 30 - 1,
      2 ** 31,
      2 ** 32 - 8,
      2 ** 32 - 1,
      random.word(),
      random.word() & ~7,
      (before + 8) >>> 0,
      (before - 8) >>> 0,
      (before + SIZE) >>> 0,
      (before - SIZE) >>> 0,
      (before + 2 * SIZE) >>> 0,
      before ^ (1 << random.below(32)),
    ])
    Atomics.store(u32, offset >>> 2, value)
    log.push(`${header ? `word ${offset}` : name} = 0x${(value >>> 0).toString(16)}`)
  }
  const inside = (memory: Uint8Array, offset: number, length: number) => {
    if (
      offset < 8 ||
      offset % 8 !== 0 ||
      length < 0 ||
      offset + length > memory.length ||
      length > SIZE - 16
    ) {
      throw new Error(`shown ${length} bytes at ${offset} of ${memory.length}`)
    }
  }
  const acts: Record<string, () => unknown> = {
    consumeRaw: () => consumer.consumeRaw(inside),
    'consumeRaw 3': () => consumer.consumeRaw(inside, { max: 3, store: 'record' }),
    consume: () => consumer.consume(() => {}),
    read: () => consumer.read(),
    iterate: () => [...consumer],
    lease: () => {
      using lease = consumer.lease()
      for (const record of lease) record.copy()
    },
    ready: () => consumer.ready,
    wait: () => consumer.wait({ timeoutMs: 0, strategy: 'park' }),
    stall: () => consumer.stall(),
    snapshot: () => ring.snapshot(),
    inspect: () => ring.inspect().toString(),
    counters: () => ring.counters(),
    query: () => [0, 1, 2, 3, 4].map((flag) => ring.query(flag)),
    reserve: () => producer.tryReserve(random.below(200)),
    output: () => {
      const address = producer.tryReserve(40)
      if (address !== 0) producer.submit(address)
    },
    batch: () => producer.reserveBatch(3, 40),
    hasRoom: () => producer.hasRoom(100),
    flush: () => ring.flush({ timeoutMs: 0 }),
    attach: () => attachRing(ring.handle, { engine }),
    'take over': () => {
      consumer = openConsumer(ring, { showLost: true, takeOver: true }) as typeof consumer & Consumer
    },
    'open again': () => {
      consumer.close()
      consumer = openConsumer(ring, { showLost: true })
    },
  }
  const names = Object.keys(acts)
  for (let round = 0; round < 12; round++) {
    if (round === 0 || random.oneIn(4)) damage()
    const name = random.pick(names)
    log.push(name)
    trace.fill(0)
    trace.set(Buffer.from(`seed ${seed}: ${log.join('; ')}`).subarray(0, trace.length))
    const started = performance.now()
    try {
      acts[name]?.()
    } catch (error) {
      const expected =
        error instanceof RingbufError &&
        ['ERR_CORRUPTED', 'ERR_RING_DAMAGED', 'ERR_CONSUMER_CLOSED', 'ERR_CONSUMER_TAKEN'].includes(
          error.code,
        )
      if (expected) report.found++
      else
        report.wrong.push(`seed ${seed}: ${log.join('; ')}: ${error instanceof Error ? error.stack : error}`)
    }
    const took = performance.now() - started
    if (took > SLOW_MS) report.slow.push(`seed ${seed}: ${log.join('; ')}: ${took.toFixed(0)} ms`)
  }
}
