import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type EngineKind, openConsumer, openProducer, type Producer, RingbufError } from 'bpf-ringbuf'
import { LOCK_PARKED_BIT, LOCK_WORD } from '#dist/abi/region.js'
import { writeNote } from './note.js'
import { Random } from './random.js'
import { type AnyHandle, type AnyRing, joinRing } from './rings.js'

/** What one thread of a crew does. */
export type Role =
  | 'send notes'
  | 'answer'
  | 'pass the token'
  | 'commit what is shown'
  | 'open the consumer'
  | 'send until closed'
  | 'fill'
  | 'try'
  | 'drain'
  | 'park'

export interface CrewData {
  readonly role: Role
  readonly handle: AnyHandle
  readonly engine: EngineKind
  /** Number of this thread in its crew. */
  readonly id: number
  readonly crew: number
  readonly rounds: number
  readonly seed: number
  /** Words that the crew and the test share: WORD_*. */
  readonly control: Int32Array
  /** A second ring, for those who answer. */
  readonly back?: AnyHandle | undefined
}

/** Set to 1 when all may begin, to 2 when they shall end. */
export const WORD_GO = 0
/** How many are ready. */
export const WORD_READY = 1
/** What the role makes of it. */
export const WORD_TURN = 2
export const WORD_SHOWN = 3

/** Threads that are attached to one ring and play the same role at once. */
export class Crew<Report> {
  readonly control = new Int32Array(new SharedArrayBuffer(64))
  readonly #reports: Promise<Report>[] = []
  readonly #workers: Worker[] = []

  /** The test must not use `engines` of nobody: there is one thread for each. */
  constructor(
    role: Role,
    ring: AnyRing,
    engines: readonly EngineKind[],
    options: { rounds: number; seed: number; back?: AnyRing },
  ) {
    for (const [id, engine] of engines.entries()) {
      const data: CrewData = {
        role,
        handle: ring.handle,
        engine,
        id,
        crew: engines.length,
        rounds: options.rounds,
        seed: options.seed,
        control: this.control,
        back: options.back?.handle,
      }
      const worker = new Worker(new URL(import.meta.url), { workerData: data })
      this.#workers.push(worker)
      this.#reports.push(once(worker, 'message').then(([report]) => report as Report))
    }
    for (const report of this.#reports) report.catch(() => {})
  }

  /** Begins, when all are ready. */
  async begin(): Promise<void> {
    while (Atomics.load(this.control, WORD_READY) < this.#workers.length) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 1)), this.#mustNotFail()])
    }
    this.tell(WORD_GO, 1)
  }

  tell(word: number, value: number): void {
    Atomics.store(this.control, word, value)
    Atomics.notify(this.control, word)
  }

  /** What each of them reported, in order. */
  async reports(): Promise<Report[]> {
    const reports = await Promise.all(this.#reports)
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
    return reports
  }

  /** Ends only if one of them fails. */
  async #mustNotFail(): Promise<void> {
    await Promise.all(this.#reports)
  }
}

if (workerData?.role) {
  const data = workerData as CrewData
  const ring = joinRing(data.handle, { engine: data.engine })
  const play = {
    'send notes': sendNotes,
    answer,
    'pass the token': passTheToken,
    'commit what is shown': commitWhatIsShown,
    'open the consumer': openTheConsumer,
    'send until closed': sendUntilClosed,
    fill,
    try: tryOnly,
    drain,
    park,
  }[data.role]
  Atomics.add(data.control, WORD_READY, 1)
  Atomics.wait(data.control, WORD_GO, 0)
  parentPort?.postMessage(play(data, ring))
}

/** Notes one by one, in batches and by output, some discarded; whatever finds no room waits. */
function sendNotes({ id, rounds, seed }: CrewData, ring: AnyRing): { sent: number; discarded: number } {
  const producer = openProducer(ring)
  const random = new Random(seed + id)
  let sent = 0
  let discarded = 0
  while (sent < rounds) {
    const size = 16 + random.below(random.oneIn(10) ? 700 : 60)
    const kind = random.below(6)
    if (kind === 0) {
      discarded++
      // With a wake-up: without one, nobody would wake a consumer that sleeps at this record (R43).
      producer.discard(reserve(producer, size))
    } else if (kind === 1) {
      const records = 2 + random.below(5)
      const first = patiently(producer, records * (size + 16), () => producer.reserveBatch(records, size))
      for (let i = 0; i < records; i++) {
        writeNote(producer.memory.u8, producer.batchAddress(first, i, size), size, id, sent++, i, records)
      }
      producer.submitBatch(first, records, size)
    } else if (kind === 2) {
      const payloads = Array.from(
        { length: 1 + random.below(4) },
        () => new Uint8Array(16 + random.below(90)),
      )
      for (const [i, payload] of payloads.entries()) {
        writeNote(payload, 0, payload.length, id, sent++, i, payloads.length)
      }
      patiently(producer, 500, () => producer.outputMany(payloads) + 1)
    } else if (kind === 3) {
      const payload = new Uint8Array(size)
      writeNote(payload, 0, size, id, sent++, 0, 1)
      patiently(producer, size, () => producer.output(payload) + 1)
    } else {
      const address = reserve(producer, size)
      writeNote(producer.memory.u8, address, size, id, sent++, 0, 1)
      producer.submit(address)
    }
  }
  return { sent, discarded }
}

/** Sends back whatever comes, with the number one higher; sleeps in between. */
function answer({ back, engine, rounds }: CrewData, ring: AnyRing): number {
  const producer = openProducer(joinRing(back as AnyHandle, { engine }))
  using consumer = openConsumer(ring)
  let answered = 0
  while (answered < rounds) {
    if (consumer.wait({ strategy: 'park', timeoutMs: 10_000 }) !== 'ready')
      throw new Error(`asleep after ${answered}`)
    consumer.consumeRaw((memory, offset) => {
      const address = producer.reserve(4)
      producer.memory.u32[address >>> 2] = new DataView(memory.buffer).getUint32(offset, true) + 1
      producer.submit(address)
      answered++
    })
  }
  return answered
}

/** Each in turn puts the number of the turn into the ring, and passes the turn on. */
function passTheToken({ id, crew, rounds, control }: CrewData, ring: AnyRing): void {
  const producer = openProducer(ring)
  for (let turn = id; turn < rounds; turn += crew) {
    for (
      let seen = Atomics.load(control, WORD_TURN);
      seen !== turn;
      seen = Atomics.load(control, WORD_TURN)
    ) {
      Atomics.wait(control, WORD_TURN, seen, 1)
    }
    const address = reserve(producer, 4)
    producer.memory.u32[address >>> 2] = turn
    producer.submit(address)
    Atomics.store(control, WORD_TURN, turn + 1)
    Atomics.notify(control, WORD_TURN)
  }
}

/** All of them commit every record whose address is shown to them. Answers how often each succeeded. */
function commitWhatIsShown({ id, rounds, control }: CrewData, ring: AnyRing): number {
  const producer = openProducer(ring)
  let won = 0
  for (let round = 1; round <= rounds; round++) {
    awaitTurn(control, round)
    const address = Atomics.load(control, WORD_SHOWN)
    const answer = (round + id) % 2 === 0 ? producer.submit(address) : producer.discard(address)
    if (answer === 0) won++
    else if (answer !== -22) throw new Error(`the commit answered ${answer}`)
    Atomics.add(control, WORD_READY, 1)
    Atomics.notify(control, WORD_READY)
  }
  return won
}

/** Looks for a while, so that all see the turn at nearly the same moment; then sleeps. */
function awaitTurn(control: Int32Array, turn: number): void {
  for (let looks = 0; ; looks++) {
    const seen = Atomics.load(control, WORD_TURN)
    if (seen >= turn) return
    if (looks > 2000) Atomics.wait(control, WORD_TURN, seen, 1)
  }
}

/** All of them try to become the consumer, again and again. */
function openTheConsumer({ rounds, control }: CrewData, ring: AnyRing): number {
  let opened = 0
  while (opened < rounds && Atomics.load(control, WORD_GO) === 1) {
    try {
      using _consumer = openConsumer(ring)
      if (Atomics.add(control, WORD_TURN, 1) !== 0) throw new Error('two consumers at once')
      opened++
      Atomics.sub(control, WORD_TURN, 1)
    } catch (error) {
      if (!(error instanceof RingbufError && error.code === 'ERR_CONSUMER_TAKEN')) throw error
    }
  }
  return opened
}

/** Answers how many got in before the ring was closed. */
function sendUntilClosed({ id }: CrewData, ring: AnyRing): { submitted: number; held: number } {
  const producer = openProducer(ring)
  let submitted = 0
  for (;;) {
    const address = producer.reserve(8 + id)
    if (address !== 0) {
      // Also after the ring was closed meanwhile.
      if (producer.submit(address) !== 0) throw new Error('a reserved record could not be submitted')
      submitted++
    } else if (producer.reason === 'closed') {
      break
    } else if (!producer.waitForRoom(8 + id, 5000) && !ring.closed) {
      throw new Error('no room for five seconds')
    }
  }
  for (let i = 0; i < 100; i++) if (producer.reserve(0) !== 0) throw new Error('reserved after close')
  return { submitted, held: 0 }
}

/** Records so long that only one fits: each needs the consumer. */
function fill({ id, rounds }: CrewData, ring: AnyRing): void {
  const producer = openProducer(ring)
  for (let round = 0; round < rounds; round++) {
    const address = producer.reserveBlocking(ring.largestPayload - 8 * id, 10_000)
    if (address === 0) throw new Error(`no room for ten seconds, after ${round} records`)
    writeNote(producer.memory.u8, address, ring.largestPayload - 8 * id, id, round, 0, 1)
    producer.submit(address)
  }
}

/** Never waits, for room or for others. Answers what it got, and why it did not get the rest. */
function tryOnly({ rounds }: CrewData, ring: AnyRing): Record<string, number> {
  const producer = openProducer(ring)
  const seen: Record<string, number> = { submitted: 0 }
  for (let round = 0; round < rounds; round++) {
    const address = producer.tryReserve(round & 63)
    const what = address === 0 ? producer.reason : 'submitted'
    if (address !== 0) producer.submit(address)
    seen[what] = (seen[what] ?? 0) + 1
  }
  return seen
}

/** Consumes in a thread of its own, asleep when there is nothing. Answers how many it saw. */
function drain(_data: CrewData, ring: AnyRing): { seen: number; woken: number } {
  using consumer = openConsumer(ring)
  let seen = 0
  for (let woken = 0; ; woken++) {
    const outcome = consumer.wait({ strategy: { spinUs: woken % 3 }, timeoutMs: 10_000 })
    if (outcome === 'closed') return { seen, woken }
    if (outcome === 'timeout') throw new Error(`nothing for ten seconds, after ${seen} records`)
    seen += consumer.consumeRaw(() => {}, { store: woken % 2 === 0 ? 'record' : 'batch' })
  }
}

/** Parks on the lock whenever it is held, as often as it can; whoever holds it must wake it. */
function park({ rounds, control }: CrewData, ring: AnyRing): { parked: number; left: number } {
  const { i32 } = openProducer(ring).memory
  const word = LOCK_WORD >>> 2
  const seen = { parked: 0, left: 0 }
  while (seen.parked < rounds && Atomics.load(control, WORD_GO) === 1) {
    if (Atomics.compareExchange(i32, word, 1, 1 | LOCK_PARKED_BIT) !== 1) continue
    const ended = Atomics.wait(i32, word, 1 | LOCK_PARKED_BIT, 5000)
    if (ended === 'timed-out') throw new Error('nobody woke who parked on the lock')
    if (ended === 'ok') seen.parked++
    else seen.left++
  }
  Atomics.store(control, WORD_TURN, 1)
  return seen
}

function reserve(producer: Producer, size: number): number {
  return patiently(producer, size, () => producer.reserve(size))
}

/** Tries until the answer is not 0, waiting for room in between. */
function patiently(producer: Producer, size: number, attempt: () => number): number {
  for (;;) {
    const answer = attempt()
    if (answer > 0) return answer
    if (!producer.waitForRoom(Math.min(size, producer.ring.largestPayload), 10_000)) {
      throw new Error('no room for ten seconds')
    }
  }
}
