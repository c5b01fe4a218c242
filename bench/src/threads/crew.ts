/**
 * Hires the workers of a run: each is one thread, and reports twice.
 *
 *   main thread ──starts──► producer worker (cpu0) ──records──► transport ──► consumer worker (cpu1)
 *        ▲                                                                        │
 *        └────────────────────────────── results ─────────────────────────────────┘
 *
 * The main thread sleeps meanwhile: there are only two cpus. In `event-loop-delay` it is the consumer.
 */
import { Worker } from 'node:worker_threads'
import type { HandOffShared } from '../contestant.js'
import {
  createControl,
  GO,
  type Side,
  type ThreadRun,
  type WorkerReport,
  type WorkerTask,
} from './control.js'

export class Crew {
  readonly control = createControl()
  readonly #run: ThreadRun
  readonly #shares: HandOffShared<unknown>
  readonly #producers: number
  readonly #ready: Promise<boolean>[] = []

  constructor(run: ThreadRun, shares: HandOffShared<unknown>, producers = 1) {
    this.#run = run
    this.#shares = shares
    this.#producers = producers
  }

  hireConsumer<Result>(): Promise<Result> {
    return this.#hire('consumer', 0)
  }

  hireProducers<Result>(): Promise<Result[]> {
    const hired = Array.from({ length: this.#producers }, (_, producer) =>
      this.#hire<Result>('producer', producer),
    )
    return Promise.all(hired)
  }

  /**
   * Starts those who were hired, as soon as all stand ready and `prepare` is done. Answers whether all are bound to
   * their cpus.
   */
  async start(prepare: () => unknown = () => {}): Promise<boolean> {
    const pinned = await Promise.all(this.#ready)
    await prepare()
    Atomics.store(this.control, GO, 1)
    Atomics.notify(this.control, GO)
    return pinned.every(Boolean)
  }

  #hire<Result>(side: Side, producer: number): Promise<Result> {
    const { producers, transfer, [side]: common } = this.#shares
    const own = side === 'producer' && producers !== undefined
    const task: WorkerTask = {
      ...this.#run,
      side,
      producer,
      producers: this.#producers,
      control: this.control,
      shared: own ? producers[producer] : common,
    }
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: task,
      transferList: [...((own ? transfer?.producers?.[producer] : transfer?.[side]) ?? [])],
    })
    return new Promise<Result>((resolveResult, reject) => {
      const ready = new Promise<boolean>((resolveReady, rejectReady) => {
        worker.on('message', (message: WorkerReport) => {
          if (message.type === 'ready') resolveReady(message.pinned)
          else resolveResult(message.result as Result)
        })
        worker.on('error', (error) => {
          rejectReady(error)
          reject(error)
        })
      })
      this.#ready.push(ready)
    })
  }
}
