import { once } from 'node:events'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import {
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  type EngineKind,
  openConsumer,
  openProducer,
} from 'bpf-ringbuf'
import { type AnyHandle, joinRing } from './rings.js'

/** What an actor can do to a ring in its own thread. */
export type Act =
  | { readonly act: 'pause'; readonly ms: number }
  | { readonly act: 'output'; readonly text: string; readonly flags?: number }
  | { readonly act: 'reserve' }
  | { readonly act: 'submit'; readonly flags?: number }
  | { readonly act: 'discard'; readonly flags?: number }
  | { readonly act: 'consume'; readonly max: number }
  | { readonly act: 'close' }

/** When the actor began with its first act that is no pause, and when it had done the last, by `now`. */
export interface Played {
  readonly beganAt: number
  readonly endedAt: number
}

/** Milliseconds by a clock that all threads share. */
export const now = (): number => performance.timeOrigin + performance.now()

interface ActorData {
  readonly actor: true
  readonly handle: AnyHandle
  readonly engine: EngineKind
}

/** A thread that is attached to a ring, and does to it what it is told. */
export class Actor {
  readonly #worker: Worker

  private constructor(worker: Worker) {
    this.#worker = worker
  }

  static async start(handle: AnyHandle, engine: EngineKind): Promise<Actor> {
    const workerData: ActorData = { actor: true, handle, engine }
    const worker = new Worker(new URL(import.meta.url), { workerData })
    await once(worker, 'message')
    return new Actor(worker)
  }

  /** Begins at once, also while this thread blocks. The promise ends when the last act is done. */
  async play(...acts: readonly Act[]): Promise<Played> {
    this.#worker.postMessage(acts)
    const [played] = await once(this.#worker, 'message')
    return played
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

export const NO_WAKEUP = BPF_RB_NO_WAKEUP
export const FORCE_WAKEUP = BPF_RB_FORCE_WAKEUP

if (workerData?.actor) perform(workerData as ActorData)

function perform({ handle, engine }: ActorData): void {
  const ring = joinRing(handle, { engine })
  const producer = openProducer(ring)
  const held: number[] = []
  const idle = new Int32Array(new SharedArrayBuffer(4))
  const must = (answer: number) => {
    if (answer !== 0) throw new Error(`the actor was answered ${answer}`)
  }
  const perform = (step: Act): void => {
    if (step.act === 'pause') Atomics.wait(idle, 0, 0, step.ms)
    else if (step.act === 'output') must(producer.output(Buffer.from(step.text), step.flags))
    else if (step.act === 'reserve') held.push(producer.reserve(8))
    else if (step.act === 'submit') must(producer.submit(held.shift() ?? 0, step.flags))
    else if (step.act === 'discard') must(producer.discard(held.shift() ?? 0, step.flags))
    else if (step.act === 'close') ring.close()
    else {
      using consumer = openConsumer(ring)
      consumer.consumeRaw(() => {}, { max: step.max })
    }
  }
  parentPort?.on('message', (acts: readonly Act[]) => {
    let beganAt: number | undefined
    for (const step of acts) {
      if (step.act !== 'pause') beganAt ??= now()
      perform(step)
    }
    const endedAt = now()
    parentPort?.postMessage({ beganAt: beganAt ?? endedAt, endedAt } satisfies Played)
  })
  parentPort?.postMessage('ready')
}
