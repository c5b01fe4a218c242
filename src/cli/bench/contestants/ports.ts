/** What all that send over a MessagePort have in common: one channel a producer, and a consumer on its event loop. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Shares } from '../contestant.js'
import type { Task } from '../run/task.js'
import { createTaken, type Taken } from './credit.js'

export interface Ports {
  /** The producer's one; the consumer's of all. */
  readonly ports: readonly MessagePort[]
  readonly taken: Taken
}

export function sharePorts(task: Task): Shares<Ports> {
  const taken = createTaken(task)
  const channels = Array.from({ length: task.producers }, () => new MessageChannel())
  const producerPort = (producer: number) => (channels[producer] as MessageChannel).port1
  const consumerPorts = channels.map(({ port2 }) => port2)
  return {
    consumer: { ports: consumerPorts, taken },
    producer: (producer) => ({ ports: [producerPort(producer)], taken }),
    transfer: { consumer: consumerPorts, producer: (producer) => [producerPort(producer)] },
  }
}
