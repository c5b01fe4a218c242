/**
 * One thread of a run: makes its side of the contestant, pins itself, waits for the start, runs, tells its result.
 *
 * All contestants run through this file; what differs between them is behind the interfaces of their measurement.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { consumeOffered, produceOffered } from '../axes/offered.js'
import type { CaseName } from '../cases.js'
import type { Measurement } from '../contestant.js'
import { loadContestant } from '../contestants/index.js'
import { spoiltCase } from '../fault.js'
import { consumeHandOff } from '../hand-off/consumer.js'
import { produce } from '../hand-off/producer.js'
import { consumeLoaded, produceLoaded } from '../latency/loaded.js'
import { produceContent } from '../payloads/produce.js'
import { CONSUMER_CPU, PRODUCER_CPU, pinThisThread } from '../pin.js'
import { firstSequence } from '../sequence.js'
import { consumePaced, producePaced } from '../waiting/paced.js'
import { consumeWakeUps, produceWakeUps } from '../waiting/wake-up.js'
import { GO, type WorkerReport, type WorkerTask } from './control.js'

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

async function runProducer(measurement: Measurement): Promise<unknown> {
  const { control, shared } = task
  switch (measurement.kind) {
    case 'hand-off':
    case 'event-loop': {
      const side = await measurement.producer(shared, task.producer)
      readyAndWait(PRODUCER_CPU)
      const { bytes } = measurement
      const batch = measurement.kind === 'hand-off' ? measurement.batch : undefined
      return produce(side, control, { bytes, batch, first: firstSequence(task.producer), alone })
    }
    case 'content': {
      const side = await measurement.producer(shared)
      readyAndWait(PRODUCER_CPU)
      return produceContent(side, control)
    }
    case 'growth': {
      const side = await measurement.content.producer(shared)
      readyAndWait(PRODUCER_CPU)
      return produceContent(side, control)
    }
    case 'wake-up': {
      const side = await measurement.producer(shared)
      readyAndWait(PRODUCER_CPU)
      return produceWakeUps(side, task)
    }
    case 'paced': {
      const side = await measurement.producer(shared)
      readyAndWait(PRODUCER_CPU)
      return producePaced(side, measurement.rate, task)
    }
    case 'loaded': {
      const side = await measurement.producer(shared)
      readyAndWait(PRODUCER_CPU)
      return produceLoaded(side, measurement.rate, task)
    }
    case 'offered': {
      const sides = measurement.producers(shared)
      readyAndWait(PRODUCER_CPU)
      return produceOffered(sides, measurement.load, task)
    }
    default:
      throw new Error(`${measurement.kind} has no producer thread`)
  }
}

async function runConsumer(measurement: Measurement): Promise<unknown> {
  const { shared } = task
  switch (measurement.kind) {
    case 'hand-off': {
      const side = await measurement.consumer(shared)
      readyAndWait(CONSUMER_CPU)
      return consumeHandOff(side, measurement, task)
    }
    case 'content': {
      const side = await measurement.consumer(shared)
      readyAndWait(CONSUMER_CPU)
      return consumeHandOff(side, {}, task)
    }
    case 'wake-up': {
      const side = await measurement.consumer(shared)
      readyAndWait(CONSUMER_CPU)
      return consumeWakeUps(side, measurement, task)
    }
    case 'paced': {
      const side = await measurement.consumer(shared)
      readyAndWait(CONSUMER_CPU)
      return consumePaced(side, measurement.rate, task)
    }
    case 'loaded': {
      const side = await measurement.consumer(shared)
      readyAndWait(CONSUMER_CPU)
      return consumeLoaded(side, measurement.rate, task)
    }
    case 'offered':
      return consumeOffered(measurement.consumer(shared), measurement, task, () => readyAndWait(CONSUMER_CPU))
    default:
      throw new Error(`${measurement.kind} has no consumer thread`)
  }
}

const caseName = task.side === 'producer' ? task.caseName : spoiltCase(task.caseName)
const measurement = (await loadContestant(task.contestant)).cases[caseName as CaseName]
if (measurement === undefined) throw new Error(`${task.contestant} takes no part in ${task.caseName}`)
report({
  type: 'result',
  result: await (task.side === 'producer' ? runProducer(measurement) : runConsumer(measurement)),
})
