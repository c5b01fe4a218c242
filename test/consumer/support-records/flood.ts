import { once } from 'node:events'
import { afterEach } from 'node:test'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type EngineKind, openProducer } from 'bpf-ringbuf'
import { writeNote } from '../../ring/support/note.js'
import { Random } from '../../ring/support/random.js'
import { type AnyHandle, type AnyRing, joinRing } from '../../ring/support/rings.js'

export interface FloodOptions {
  /** Number of this producer, which its notes carry. Default: 0. */
  readonly id?: number
  /** Notes in all. Default: until it is told to stop. */
  readonly records?: number
  /** Bytes of each note: from, and up to. */
  readonly sizes?: readonly [number, number]
  /** What it does with a note that finds no room. Default: it waits for room. */
  readonly full?: 'wait' | 'drop'
  /** Discards one in so many. Default: none. */
  readonly discardOneIn?: number
  /** Sends up to so many in a batch. Default: one by one. */
  readonly batch?: number
  /** Rests for a random time of up to so many milliseconds behind each. Default: never. */
  readonly restMs?: number
  readonly flags?: number
  readonly seed?: number
}

/** What a producer did, counted by itself. Its notes are numbered by what was submitted or dropped. */
export interface FloodReport {
  readonly submitted: number
  readonly discarded: number
  readonly dropped: number
}

interface FloodData extends FloodOptions {
  readonly flood: true
  readonly handle: AnyHandle
  readonly engine: EngineKind
  readonly control: Int32Array
}

const STOP = 0
const SENT = 1

/** Threads that are at work. A test that fails leaves them behind, and they would keep the process alive. */
const running = new Set<Worker>()
if (isMainThread) {
  afterEach(async () => {
    for (const worker of running) await worker.terminate()
    running.clear()
  })
}

/** A thread that sends notes into a ring as fast as it can. */
export class Flood {
  readonly #worker: Worker
  readonly #control: Int32Array
  readonly #report: Promise<FloodReport>

  private constructor(worker: Worker, control: Int32Array) {
    this.#worker = worker
    this.#control = control
    this.#report = once(worker, 'message').then(([report]) => report as FloodReport)
    this.#report.catch(() => {})
  }

  /** Begins at once, and answers when it has begun. */
  static async start(ring: AnyRing, engine: EngineKind, options: FloodOptions = {}): Promise<Flood> {
    const control = new Int32Array(new SharedArrayBuffer(8))
    const workerData: FloodData = { ...options, flood: true, handle: ring.handle, engine, control }
    const worker = new Worker(new URL(import.meta.url), { workerData })
    running.add(worker)
    await once(worker, 'message')
    return new Flood(worker, control)
  }

  /** How many notes it has tried to send so far. */
  get sent(): number {
    return Atomics.load(this.#control, SENT) >>> 0
  }

  tellToStop(): void {
    Atomics.store(this.#control, STOP, 1)
  }

  /** What it did, when it has sent all, or was told to stop. */
  async report(): Promise<FloodReport> {
    const report = await this.#report
    await this.#worker.terminate()
    return report
  }

  async stop(): Promise<FloodReport> {
    this.tellToStop()
    return this.report()
  }
}

if (workerData?.flood) {
  parentPort?.postMessage('begun')
  parentPort?.postMessage(flood(workerData as FloodData))
}

function flood(data: FloodData): FloodReport {
  const { id = 0, records = Number.POSITIVE_INFINITY, full = 'wait', flags = 0 } = data
  const { sizes: [least, most] = [16, 64], discardOneIn = 0, batch = 1, restMs = 0, control } = data
  const ring = joinRing(data.handle, { engine: data.engine })
  const producer = openProducer(ring)
  const random = new Random((data.seed ?? 1) + id)
  const done = { submitted: 0, discarded: 0, dropped: 0 }
  const idle = new Int32Array(new SharedArrayBuffer(4))
  const isOver = () => Atomics.load(control, STOP) !== 0 || ring.closed
  for (let number = 0; number < records && !isOver(); ) {
    const size = least + random.below(most - least + 1)
    const together = Math.min(1 + random.below(batch), records - number)
    const reserve = () => (together > 1 ? producer.reserveBatch(together, size) : producer.reserve(size))
    let address = reserve()
    while (address === 0 && full === 'wait' && !isOver()) {
      // By one record more than needed, headers included, so that a batch finds room too.
      producer.waitForRoom(Math.min(together * (size + 16), ring.largestPayload), 50)
      address = reserve()
    }
    if (address === 0) {
      if (full === 'wait') break
      done.dropped += together
    } else if (together === 1 && discardOneIn > 0 && random.oneIn(discardOneIn)) {
      producer.discard(address, flags)
      done.discarded++
      continue
    } else {
      for (let i = 0; i < together; i++) {
        const at = producer.batchAddress(address, i, size)
        writeNote(producer.memory.u8, at, size, id, number + i, i, together)
      }
      if (together > 1) producer.submitBatch(address, together, size, flags)
      else producer.submit(address, flags)
      done.submitted += together
    }
    number += together
    Atomics.store(control, SENT, number)
    if (restMs > 0) Atomics.wait(idle, 0, 0, random.below(restMs * 1000) / 1000)
  }
  return done
}
