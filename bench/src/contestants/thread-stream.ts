/**
 * thread-stream, which carries the lines of pino's loggers: text from one thread to a worker that it starts itself.
 *
 * It knows no messages: what arrives is text, which the worker cuts up again. This thread writes; whenever the stream
 * says that it has enough, it waits until all is through.
 */
import { fileURLToPath } from 'node:url'
import ThreadStream from 'thread-stream'
import { RING_BYTES } from '../cases.js'
import type { Contestant } from '../contestant.js'
import { handOffCases } from '../core/cases.js'
import type { OneWay } from '../linux/one-way.js'

/** Records between two looks at the clock. */
const LOOK_RECORDS = 256

/** A record begins with its number. */
export const NUMBER_DIGITS = 8

/** What the worker is handed: src/peers/thread-stream-end.ts. */
export interface ThreadStreamEnd {
  readonly bytes: number
  /** One word: records received so far, or -1 when one was wrong. */
  readonly received: Int32Array
}

async function open(bytes: number): Promise<OneWay> {
  const received = new Int32Array(new SharedArrayBuffer(4))
  const stream = new ThreadStream({
    filename: fileURLToPath(new URL('../peers/thread-stream-end.js', import.meta.url)),
    bufferSize: RING_BYTES,
    workerData: { bytes, received } satisfies ThreadStreamEnd,
  })
  await new Promise((resolve) => stream.once('ready', resolve))
  const filler = 'x'.repeat(bytes - NUMBER_DIGITS)
  let sent = 0
  return {
    pinned: true,
    receive(isOver) {
      do {
        for (let i = 0; i < LOOK_RECORDS; i++) {
          if (!stream.write(String(sent++).padStart(NUMBER_DIGITS, '0') + filler)) stream.flushSync()
        }
      } while (!isOver(Atomics.load(received, 0)))
    },
    async end() {
      const closed = new Promise((resolve) => stream.once('close', resolve))
      stream.end()
      await closed
      const arrived = Atomics.load(received, 0)
      if (arrived !== sent) throw new Error(`${sent} records sent, ${arrived} received`)
      return {}
    },
  }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'thread-stream',
    about: 'npm thread-stream 4: text to a worker of its own, flushSync when it is full',
    absent: () => null,
    cases: handOffCases(({ producers, bytes, way }) =>
      producers === 1 && way === 'single' ? { kind: 'one-way', open: () => open(bytes) } : undefined,
    ),
  },
]
