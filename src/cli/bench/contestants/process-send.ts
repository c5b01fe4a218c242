import { setImmediate } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { startChild } from '../run/child.js'
import { untilComplete } from '../run/until-complete.js'

/** Messages between two waits for one to be sent, so that no queue grows. */
const MESSAGES_PER_WAIT = 64

/** What Node has between processes: the channel of parent and child. */
export const processSend: Contestant<undefined> = {
  name: 'process.send',
  about: 'a message a record from a child process',
  ours: false,
  producers: 'process',
  share: () => ({ consumer: undefined, producer: () => undefined }),
  produce(_shared, _task, record) {
    let unsent = 0
    let sent = Promise.resolve()
    return {
      push() {
        if (unsent === MESSAGES_PER_WAIT) return 0
        if (++unsent < MESSAGES_PER_WAIT) process.send?.(record)
        else sent = new Promise((resolve) => process.send?.(record, () => resolve()))
        return 1
      },
      async waitForRoom() {
        await sent
        unsent = 0
        return process.connected
      },
      turn: () => setImmediate(),
    }
  },
  consume: (_shared, task, inspector) => async () => {
    let onMessage = () => {}
    const child = startChild(task, inspector, {}, (message) => {
      const record = message as Float64Array
      inspector.takeFrom(record, 0, record.length)
      onMessage()
    })
    await untilComplete(
      inspector,
      (look) => {
        onMessage = look
      },
      child,
    )
  },
}
