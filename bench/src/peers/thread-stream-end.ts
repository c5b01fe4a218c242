/** The worker's end of thread-stream: cuts what arrives into records again, and checks their numbers. */
import { Writable } from 'node:stream'
import { NUMBER_DIGITS, type ThreadStreamEnd } from '../contestants/thread-stream.js'
import { PRODUCER_CPU, pinThisThread } from '../pin.js'

export default function open({ bytes, received }: ThreadStreamEnd): Writable {
  pinThisThread(PRODUCER_CPU)
  let rest = ''
  let due = 0
  return new Writable({
    decodeStrings: false,
    autoDestroy: true,
    write(chunk: string | Buffer, _encoding, done) {
      rest = rest === '' ? String(chunk) : rest + chunk
      let at = 0
      for (; at + bytes <= rest.length; at += bytes) {
        const sequence = Number(rest.slice(at, at + NUMBER_DIGITS))
        if (sequence !== due) {
          Atomics.store(received, 0, -1)
          done(new Error(`sequence ${sequence} came out, ${due} was due`))
          return
        }
        due++
      }
      rest = rest.slice(at)
      Atomics.store(received, 0, due)
      done()
    },
  })
}
