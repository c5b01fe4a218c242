/** Loaded before the command (`node --import`), this loses a message of each port on which threads send many. */
import { isMainThread, MessagePort } from 'node:worker_threads'

/** Far beyond what threads tell each other about themselves. */
const LOST = 500

if (!isMainThread) {
  const { postMessage } = MessagePort.prototype
  const sent = new WeakMap<MessagePort, number>()
  MessagePort.prototype.postMessage = function (...message: Parameters<typeof postMessage>) {
    const count = (sent.get(this) ?? 0) + 1
    sent.set(this, count)
    if (count !== LOST) postMessage.apply(this, message)
  }
}
