/**
 * Runs one hand-off: two workers, started together, watched until both have reported.
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
  return new Promise((resolve, reject) => {
    let ready = 0
    let pinned = true
    let retries: number | undefined
    let perSecond: number | undefined

    const hear = (message: WorkerReport) => {
      if (message.type === 'ready') {
        pinned &&= message.pinned
        if (++ready === 2) start(control)
        return
      }
      if (message.type === 'produced') retries = message.retries
      else perSecond = message.perSecond
      if (retries !== undefined && perSecond !== undefined) {
        resolve({ value: perSecond / 1e6, pinned, extra: { fullRetries: retries } })
      }
    }

    for (const side of ['producer', 'consumer'] as const satisfies Side[]) {
      const task: WorkerTask = { ...run, side, control, shared: shares[side] }
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: task,
        transferList: [...(shares.transfer?.[side] ?? [])],
      })
      worker.on('message', hear)
      worker.on('error', reject)
    }
  })
}

function start(control: Int32Array): void {
  Atomics.store(control, GO, 1)
  Atomics.notify(control, GO)
}
