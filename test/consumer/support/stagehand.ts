import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type EngineKind, openProducer, type Producer } from 'bpf-ringbuf'
import { SLEEP_ASLEEP, SLEEP_WORD } from '#dist/abi/region.js'
import { type AnyHandle, type AnyRing, addressOf, joinRing } from '../../ring/support/rings.js'

/** What a stagehand can do, to which of its rings. */
export type Step =
  /** Until whoever waits for this ring sleeps; but not longer. */
  | { readonly step: 'settle'; readonly ring: number; readonly mostMs: number }
  | { readonly step: 'pause'; readonly ms: number }
  | { readonly step: 'output'; readonly ring: number; readonly flags?: number }
  | { readonly step: 'reserve'; readonly ring: number }
  | { readonly step: 'submit'; readonly ring: number; readonly flags?: number }
  | { readonly step: 'discard'; readonly ring: number; readonly flags?: number }
  | { readonly step: 'wake'; readonly ring: number }
  | { readonly step: 'close'; readonly ring: number }
  /** Blocks until all is consumed. */
  | { readonly step: 'flush'; readonly ring: number }
  /** Writes into the shared word that `mark` reads. */
  | { readonly step: 'mark'; readonly mark: number }
  /** If `tellEnded` was not called after so long: marks, and puts a record into the ring that wakes anybody. */
  | { readonly step: 'rescue'; readonly ring: number; readonly afterMs: number; readonly mark: number }

const WORD_MARK = 0
const WORD_ENDED = 1

type Order =
  | { readonly attach: AnyHandle; readonly as: number }
  | { readonly play: readonly Step[]; readonly id: number }

interface StagehandData {
  readonly stagehand: true
  readonly engine: EngineKind
  readonly control: Int32Array
}

/** A thread that is attached to many rings, and does to them what it is told. */
export class Stagehand {
  readonly #worker: Worker
  readonly #control: Int32Array
  #plays = 0

  private constructor(worker: Worker, control: Int32Array) {
    this.#worker = worker
    this.#control = control
    worker.setMaxListeners(0)
  }

  static async start(engine: EngineKind): Promise<Stagehand> {
    const control = new Int32Array(new SharedArrayBuffer(8))
    const workerData: StagehandData = { stagehand: true, engine, control }
    const worker = new Worker(new URL(import.meta.url), { workerData })
    await once(worker, 'message')
    return new Stagehand(worker, control)
  }

  /** From now on steps mean this ring by that number. */
  attach(ring: AnyRing, as: number): void {
    this.#worker.postMessage({ attach: ring.handle, as } satisfies Order)
  }

  /** Begins at once, also while this thread blocks. The promise ends when the last step is done. */
  async play(...steps: readonly Step[]): Promise<void> {
    Atomics.store(this.#control, WORD_MARK, 0)
    Atomics.store(this.#control, WORD_ENDED, 0)
    const id = ++this.#plays
    this.#worker.postMessage({ play: steps, id } satisfies Order)
    // Also one whose test failed before it was done sends its number.
    for (let done = 0; done !== id; ) [done] = await once(this.#worker, 'message')
  }

  /** The last mark of this play, also one that was set by hand; 0 before the first. */
  get mark(): number {
    return Atomics.load(this.#control, WORD_MARK)
  }

  set mark(mark: number) {
    Atomics.store(this.#control, WORD_MARK, mark)
  }

  /** Says that no rescue is needed any more. */
  tellEnded(): void {
    Atomics.store(this.#control, WORD_ENDED, 1)
    Atomics.notify(this.#control, WORD_ENDED)
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

if (workerData?.stagehand) work(workerData as StagehandData)

function work({ engine, control }: StagehandData): void {
  const rings: AnyRing[] = []
  const producers: Producer[] = []
  const held: number[] = []
  const idle = new Int32Array(new SharedArrayBuffer(4))
  const must = (answer: number) => {
    if (answer !== 0) throw new Error(`the stagehand was answered ${answer}`)
  }
  const perform = (step: Step): void => {
    if (step.step === 'pause') {
      Atomics.wait(idle, 0, 0, step.ms)
      return
    }
    if (step.step === 'mark') {
      Atomics.store(control, WORD_MARK, step.mark)
      return
    }
    const ring = rings[step.ring] as AnyRing
    const producer = producers[step.ring] as Producer
    if (step.step === 'settle') settle(producer, step.mostMs)
    else if (step.step === 'output') must(producer.output(new Uint8Array(8), step.flags))
    else if (step.step === 'reserve') held[step.ring] = producer.reserve(8)
    else if (step.step === 'submit') must(producer.submit(held[step.ring] as number, step.flags))
    else if (step.step === 'discard') must(producer.discard(held[step.ring] as number, step.flags))
    else if (step.step === 'wake') ring.wake()
    else if (step.step === 'close') ring.close()
    else if (step.step === 'flush') ring.flush({ timeoutMs: 10_000 })
    else if (Atomics.wait(control, WORD_ENDED, 0, step.afterMs) === 'timed-out') {
      Atomics.store(control, WORD_MARK, step.mark)
      // FORCE_WAKEUP; it fails where the ring was closed, and then nobody sleeps.
      producer.output(new Uint8Array(8), 2)
    }
  }
  parentPort?.on('message', (order: Order) => {
    if ('attach' in order) {
      const ring = joinRing(order.attach, { engine })
      rings[order.as] = ring
      producers[order.as] = openProducer(ring)
      return
    }
    for (const step of order.play) perform(step)
    parentPort?.postMessage(order.id)
  })
  parentPort?.postMessage('ready')
}

function settle({ memory, ring }: Producer, mostMs: number): void {
  const word = (addressOf(ring as AnyRing) + SLEEP_WORD) >>> 2
  const end = performance.now() + mostMs
  while (Atomics.load(memory.i32, word) !== SLEEP_ASLEEP && performance.now() < end);
}
