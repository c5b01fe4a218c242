/** One thread of a run: makes its side of the contestant, waits for the start, runs, tells what it found. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadContestant } from '../contestants/index.js'
import { enterProduced, GO, isStopped } from './control.js'
import type { Orders, Report } from './crew.js'
import { Inspector } from './inspector.js'
import { produce } from './produce.js'
import { newRecord } from './record.js'

const orders = workerData as Orders
const { task, control, shared } = orders
const contestant = await loadContestant(task.contestant)

function report(message: Report): void {
  parentPort?.postMessage(message)
}

function readyAndWait(): void {
  report({ type: 'ready' })
  Atomics.wait(control, GO, 0)
}

if (orders.side === 'producer') {
  const record = newRecord(task.bytes, orders.producer)
  const end = contestant.produce(shared, task, record)
  readyAndWait()
  enterProduced(control, await produce(end, record, task.pace, () => isStopped(control)))
} else {
  const inspector = new Inspector(task, control)
  const run = contestant.consume(shared, task, inspector)
  readyAndWait()
  await run()
  report({ type: 'figures', figures: inspector.figures() })
}
