/**
 * Sends by `process.send`, from a child of Node to its parent: each message is a record, or a batch of them.
 *
 * With 'advanced' serialization a record is a Uint8Array, and a batch is a longer one. JSON knows no bytes: there it is
 * an object with text of as many characters, and a batch is an array of such objects.
 */
import { spoiltBytes, spoiltNumber } from '../fault.js'
import { openPayload } from './payload.js'
import { firstOf, type SenderTask } from './task.js'
import { openTextRecords } from './text-record.js'

/** Messages that are under way at most, so that no queue grows. */
const MESSAGES_PER_WAIT = 64

/** A record as JSON carries it. */
export interface TextMessage {
  readonly text: string
}

/** Until it is ended, or nobody listens any more. */
export async function sendMessages(task: SenderTask): Promise<void> {
  process.on('disconnect', () => process.exit())
  const next = task.kind === 'ipc-json' ? openTexts(task) : openBytes(task)
  for (let count = 0; ; count++) {
    const message = next()
    // It answers that it has enough by false; told one by one, it would do nothing else but wait.
    if (count % MESSAGES_PER_WAIT === 0) await new Promise((resolve) => process.send?.(message, resolve))
    else process.send?.(message)
  }
}

function openTexts(task: SenderTask): () => TextMessage | TextMessage[] {
  const record = openTextRecords(spoiltBytes(task.bytes))
  let sequence = firstOf(task)
  const one = () => ({ text: record(spoiltNumber(sequence++)) })
  return task.batch === 1 ? one : () => Array.from({ length: task.batch }, one)
}

function openBytes(task: SenderTask): () => Uint8Array {
  const payload = openPayload(task)
  const { length } = payload.bytes
  const message = new Uint8Array(task.batch * length)
  return () => {
    for (let i = 0; i < task.batch; i++) {
      payload.next()
      message.set(payload.bytes, i * length)
    }
    return message
  }
}
