import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { Contestant } from '../contestant.js'
import { startChild } from '../run/child.js'
import type { Inspector } from '../run/inspector.js'
import { DOUBLE_BYTES } from '../run/record.js'
import { untilComplete } from '../run/until-complete.js'
import { BATCH_RECORDS } from './batch.js'

/** Standard output of a child, a write for so many records. */
function through(name: string, records: number, about: string): Contestant<undefined> {
  return {
    name,
    about,
    ours: false,
    producers: 'process',
    share: () => ({ consumer: undefined, producer: () => undefined }),
    produce(_shared, _task, record) {
      const { stdout } = process
      // Nobody reads any more: then there is nobody to tell either.
      stdout.on('error', () => process.exit())
      let chunk = new Float64Array(records * record.length)
      let filled = 0
      return {
        push() {
          if (filled === 0 && stdout.writableNeedDrain) return 0
          chunk.set(record, filled * record.length)
          if (++filled < records) return 1
          stdout.write(new Uint8Array(chunk.buffer))
          // What is written is kept until it is sent.
          chunk = new Float64Array(records * record.length)
          filled = 0
          return 1
        },
        async waitForRoom() {
          await once(stdout, 'drain')
          return true
        },
        turn: () => setImmediate(),
        end: () => new Promise((resolve) => stdout.write('', () => resolve())),
      }
    },
    consume: (_shared, task, inspector) => async () => {
      const child = startChild(task, inspector, { stdout: 'pipe' })
      await untilComplete(
        inspector,
        (onMessage) => {
          const take = openCutter(inspector, task.bytes)
          ;(child.process.stdout as Readable).on('data', (bytes: Buffer) => {
            take(bytes)
            onMessage()
          })
        },
        child,
      )
    },
  }
}

/** Cuts a stream of bytes into records again, which may lie across its pieces. */
export function openCutter(
  inspector: Pick<Inspector, 'takeFrom'>,
  recordBytes: number,
): (bytes: Buffer) => void {
  const record = new Float64Array(recordBytes / DOUBLE_BYTES)
  const whole = new Uint8Array(record.buffer)
  let kept = 0
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(whole, kept, at)
      at += copied
      kept += copied
      if (kept < recordBytes) return
      inspector.takeFrom(record, 0, record.length)
      kept = 0
    }
  }
}

export const pipe = through('pipe', 1, 'standard output of a child, a write a record')
export const pipeBatch = through(
  'pipe-batch',
  BATCH_RECORDS,
  `the same, a write for ${BATCH_RECORDS} records`,
)
