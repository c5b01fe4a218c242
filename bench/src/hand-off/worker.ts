/**
 * One thread of a hand-off: makes its side of the contestant, pins itself, waits for the start, runs.
 *
 * All contestants run through this file; what differs between them is behind HandOffProducer and HandOffConsumer.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { CaseName } from '../cases.js'
import type { HandOffMeasurement } from '../contestant.js'
import { loadContestant } from '../contestants/index.js'
import { CONSUMER_CPU, PRODUCER_CPU, pinThisThread } from '../pin.js'
import { firstSequence } from '../sequence.js'
import { consumeByEvents, consumeByPolling } from './consumer.js'
import { GO, type WorkerReport, type WorkerTask } from './control.js'
import { produce } from './producer.js'
import { Window } from './window.js'

const task = workerData as WorkerTask

function report(message: WorkerReport): void {
  parentPort?.postMessage(message)
}

/** Several producers stay free, and with them the consumer: there may be fewer cpus than threads. */
const alone = task.producers === 1

function readyAndWait(cpu: number): void {
  report({ type: 'ready', pinned: !alone || pinThisThread(cpu) })
  Atomics.wait(task.control, GO, 0)
}

async function runProducer(measurement: HandOffMeasurement): Promise<void> {
  const side = await measurement.producer(task.shared)
  readyAndWait(PRODUCER_CPU)
  report({ type: 'produced', retries: produce(side, task.control, firstSequence(task.producer), alone) })
}

async function runConsumer(measurement: HandOffMeasurement): Promise<void> {
  const side = await measurement.consumer(task.shared)
  readyAndWait(CONSUMER_CPU)
  const window = new Window(task.warmUpSeconds, task.seconds)
  if ('drain' in side) consumeByPolling(side, task.control, window, task.producers)
  else await consumeByEvents(side, task.control, window)
  report({ type: 'consumed', perSecond: window.perSecond })
}

const contestant = await loadContestant(task.contestant)
const measurement = contestant.cases[task.caseName as CaseName]
if (measurement?.kind !== 'hand-off') {
  throw new Error(`${task.contestant} has no hand-off measurement for ${task.caseName}`)
}
await (task.side === 'producer' ? runProducer(measurement) : runConsumer(measurement))
