/**
 * thread-stream, which carries the lines of pino's loggers: text from one thread to a worker that it starts itself.
 *
 * It knows no messages: what arrives is text, which the worker cuts up again. This thread writes; whenever the stream
 * says that it has enough, it waits until all is through. A batch is 16 records written with one call.
 */
import { fileURLToPath } from 'node:url'
import ThreadStream from 'thread-stream'
import { RING_BYTES } from '../cases.js'
import type { Contestant } from '../contestant.js'
import { BATCH_RECORDS, handOffCases } from '../core/cases.js'
import { spoiltBytes, spoiltNumber } from '../fault.js'
import type { OneWay } from '../linux/one-way.js'
import { openTextRecords } from '../processes/text-record.js'

/** Records between two looks at the clock. */
const LOOK_RECORDS = 256

/** What the worker is handed: src/peers/thread-stream-end.ts. */
export interface ThreadStreamEnd {
  readonly bytes: number
  /** Records received so far, or -1 when one was wrong; and behind that the number that came, and the one due. */
  readonly received: Int32Array
}

async function open(bytes: number, batch: number): Promise<OneWay> {
  const received = new Int32Array(new SharedArrayBuffer(12))
  const stream = new ThreadStream({
    filename: fileURLToPath(new URL('../peers/thread-stream-end.js', import.meta.url)),
    bufferSize: RING_BYTES,
    workerData: { bytes, received } satisfies ThreadStreamEnd,
  })
  await new Promise((resolve) => stream.once('ready', resolve))
  const record = openTextRecords(spoiltBytes(bytes))
  let sent = 0
  return {
    pinned: true,
    receive(isOver) {
      do {
        for (let i = 0; i < LOOK_RECORDS; i += batch) {
          let text = record(spoiltNumber(sent++))
          for (let more = 1; more < batch; more++) text += record(spoiltNumber(sent++))
          if (!stream.write(text)) stream.flushSync()
        }
      } while (!isOver(mustBeRight(received)))
    },
    async end() {
      const closed = new Promise((resolve) => stream.once('close', resolve))
      stream.end()
      await closed
      const arrived = mustBeRight(received)
      if (arrived !== sent) throw new Error(`${sent} records sent, ${arrived} received`)
      return {}
    },
  }
}

function mustBeRight(received: Int32Array): number {
  const count = Atomics.load(received, 0)
  if (count < 0) throw new Error(`sequence ${received[1]} came out, ${received[2]} was due`)
  return count
}

export const contestants: readonly Contestant[] = [
  {
    name: 'thread-stream',
    about: 'npm thread-stream 4: text to a worker of its own, flushSync when it is full',
    absent: () => null,
    cases: handOffCases(({ producers, bytes, way }) =>
      producers === 1 && way !== 'output'
        ? { kind: 'one-way', open: () => open(bytes, way === 'batch' ? BATCH_RECORDS : 1) }
        : undefined,
    ),
  },
]
