/**
 * Sends numbered records until the other side closes: a process, or a worker (task.ts says what it is told).
 *
 * Only one sender has a cpu of its own; several stay free, as there may be fewer cpus.
 */
import { PRODUCER_CPU, pinThisThread } from '../pin.js'
import { sendByStream } from './send-by-stream.js'
import { sendIntoRing } from './send-into-ring.js'
import { sendMessages } from './send-messages.js'
import type { SenderTask } from './task.js'

const task = JSON.parse(process.argv[2] ?? '') as SenderTask
if (task.senders === 1) pinThisThread(PRODUCER_CPU)

switch (task.kind) {
  case 'reserve':
  case 'output':
    sendIntoRing(task)
    break
  case 'socket':
  case 'pipe':
    await sendByStream(task)
    break
  default:
    await sendMessages(task)
}
