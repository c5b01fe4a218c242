/**
 * Runs one hand-off: its workers, started together, watched until all have reported.
 *
 *   main thread ──starts──► producer worker (cpu0) ──64 B──► transport ──► consumer worker (cpu1)
 *        ▲                                                                        │
 *        └──────────────────────── figure (records received a second) ────────────┘
 *
 * The main thread sleeps meanwhile: there are only two cpus.
 */
import { Worker } from 'node:worker_threads'
import type { HandOffMeasurement, Measured } from '../contestant.js'
import { createControl, GO, type Side, type WorkerReport, type WorkerTask } from './control.js'

export interface HandOffRun {
  readonly contestant: string
  readonly caseName: string
  readonly warmUpSeconds: number
  readonly seconds: number
}

export function measureHandOff(measurement: HandOffMeasurement, run: HandOffRun): Promise<Measured> {
  const control = createControl()
  const shares = measurement.share()
  const producers = measurement.producers ?? 1
  return new Promise((resolve, reject) => {
    let ready = 0
    let pinned = true
    let reported = 0
    let retries = 0
    let perSecond = Number.NaN

    const hear = (message: WorkerReport) => {
      if (message.type === 'ready') {
        pinned &&= message.pinned
        if (++ready === producers + 1) start(control)
        return
      }
      if (message.type === 'produced') retries += message.retries
      else perSecond = message.perSecond
      if (++reported === producers + 1) {
        resolve({ value: perSecond / 1e6, pinned, extra: { fullRetries: retries } })
      }
    }

    const startWorker = (side: Side, producer: number) => {
      const task: WorkerTask = { ...run, side, producer, producers, control, shared: shares[side] }
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: task,
        transferList: [...(shares.transfer?.[side] ?? [])],
      })
      worker.on('message', hear)
      worker.on('error', reject)
    }
    startWorker('consumer', 0)
    for (let producer = 0; producer < producers; producer++) startWorker('producer', producer)
  })
}

function start(control: Int32Array): void {
  Atomics.store(control, GO, 1)
  Atomics.notify(control, GO)
}
