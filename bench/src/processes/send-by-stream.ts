/** Sends through a Unix socket or a pipe: each write is one record, or a batch of them. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { openPayload } from './payload.js'
import type { SenderTask } from './task.js'

export async function sendByStream(task: SenderTask): Promise<void> {
  const stream = task.kind === 'socket' ? connect(task.place as string) : process.stdout
  const payload = openPayload(task)
  const { length } = payload.bytes
  stream.on('error', () => process.exit())
  stream.on('close', () => process.exit())
  for (;;) {
    // What is written is kept until it is sent.
    const chunk = new Uint8Array(task.batch * length)
    for (let i = 0; i < task.batch; i++) {
      payload.next()
      chunk.set(payload.bytes, i * length)
    }
    if (!stream.write(chunk)) await once(stream, 'drain')
  }
}
