/** Receives what children of Node send by `process.send`. */
import type { SerializationType } from 'node:child_process'
import type { OneWay } from '../linux/one-way.js'
import { checkOf, type SequenceCheck } from '../sequence.js'
import type { TextMessage } from './send-messages.js'
import { allEnded, forkProcess } from './start.js'
import type { Load } from './task.js'
import { numberAt } from './text-record.js'

export async function openChannels(serialization: SerializationType, load: Load): Promise<OneWay> {
  const kind = serialization === 'json' ? 'ipc-json' : 'ipc-advanced'
  const senders = Array.from({ length: load.senders }, (_, sender) =>
    forkProcess({ ...load, kind, sender }, serialization),
  )
  const ended = allEnded(senders)
  const check = checkOf(load.senders)
  const take = serialization === 'json' ? takeTexts : takeBytes
  return {
    pinned: true,
    begun: () => check.begun,
    receive: (isOver) =>
      new Promise((resolve, reject) => {
        let over = false
        const onMessage = (message: unknown) => {
          try {
            take(message, load, check)
            if (over || !isOver(check.received)) return
            over = true
            resolve()
          } catch (error) {
            reject(error)
          }
        }
        for (const sender of senders) sender.on('message', onMessage)
      }),
    async end() {
      // Not by `disconnect`, which waits for the end of a message that has only half arrived.
      for (const sender of senders) sender.kill()
      await ended
      return {}
    },
  }
}

function takeTexts(message: unknown, { bytes, batch }: Load, check: SequenceCheck): void {
  const records = (batch === 1 ? [message] : message) as TextMessage[]
  mustBe(records.length, batch)
  for (const { text } of records) {
    mustBe(text.length, bytes)
    check.take(numberAt(text, 0))
  }
}

function takeBytes(message: unknown, { bytes, batch }: Load, check: SequenceCheck): void {
  const { buffer, byteOffset, length } = message as Uint8Array
  mustBe(length, batch * bytes)
  const view = new DataView(buffer, byteOffset)
  for (let i = 0; i < batch; i++) check.take(view.getInt32(i * bytes, true))
}

function mustBe(length: number, expected: number): void {
  if (length !== expected) throw new Error(`${length} came out where ${expected} went in`)
}
