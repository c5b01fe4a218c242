/** The worker's end of thread-stream: cuts what arrives into records again, and checks their numbers. */
import { Writable } from 'node:stream'
import type { ThreadStreamEnd } from '../contestants/thread-stream.js'
import { PRODUCER_CPU, pinThisThread } from '../pin.js'
import { numberAt } from '../processes/text-record.js'

export default function open({ bytes, received }: ThreadStreamEnd): Writable {
  pinThisThread(PRODUCER_CPU)
  let rest = ''
  let due = 0
  // Goes on swallowing what comes: the other thread finds out when it looks, and must not wait for room until then.
  const refuse = (sequence: number, done: () => void) => {
    if (Atomics.load(received, 0) >= 0) {
      received.set([Number.isNaN(sequence) ? -1 : sequence, due], 1)
      Atomics.store(received, 0, -1)
    }
    done()
  }
  return new Writable({
    decodeStrings: false,
    autoDestroy: true,
    write(chunk: string | Buffer, _encoding, done) {
      rest = rest === '' ? String(chunk) : rest + chunk
      let at = 0
      for (; at + bytes <= rest.length; at += bytes) {
        const sequence = numberAt(rest, at)
        if (sequence !== due) return refuse(sequence, done)
        due++
      }
      rest = rest.slice(at)
      Atomics.store(received, 0, due)
      done()
    },
  })
}
