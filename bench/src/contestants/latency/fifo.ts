/** `loaded-latency` and `idle-wakeup` over a named pipe: one write a record, and a read of whatever is there. */
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Contestant } from '../../contestant.js'
import type { DueProducer } from '../../latency/send.js'
import { STAMPED_BYTES } from '../../waiting/cases.js'
import type { WakeUpProducer } from '../../waiting/measurements.js'
import { type DelayConsumer, idleWakeUp, loadedCases } from './cases.js'

/** What a pipe holds, if nobody asks for more; Node has no call for that. */
const PIPE_BYTES = 65_536
const DOUBLES = STAMPED_BYTES / Float64Array.BYTES_PER_ELEMENT

function share() {
  const path = join(mkdtempSync(join(tmpdir(), 'bpf-ringbuf-bench-')), 'fifo')
  execFileSync('mkfifo', [path])
  return { producer: path, consumer: path }
}

/** Each end opens as soon as the other does. A write blocks while the pipe is full. */
function openWriter(path: string) {
  const fd = openSync(path, 'w')
  const record = new Float64Array(DOUBLES)
  return {
    write(sequence: number, time: number) {
      record[0] = sequence
      record[1] = time
      // Up to 4096 bytes go into a pipe as a whole.
      writeSync(fd, record)
    },
    end: () => closeSync(fd),
  }
}

function sendDue(path: string): DueProducer {
  const { write, end } = openWriter(path)
  return {
    send(sequence, due) {
      write(sequence, due)
      return true
    },
    end,
  }
}

function sendStamped(path: string): WakeUpProducer {
  const { write, end } = openWriter(path)
  return { send: (sequence, now) => write(sequence, now()), end }
}

/** Reads until the producer has closed its end. A read sleeps while the pipe is empty. */
function take(path: string): DelayConsumer {
  const fd = openSync(path, 'r')
  rmSync(dirname(path), { recursive: true })
  const records = new Float64Array(PIPE_BYTES / Float64Array.BYTES_PER_ELEMENT)
  return {
    run(onRecord, turn = () => {}) {
      for (;;) {
        const bytes = readSync(fd, records)
        if (bytes === 0) break
        if (bytes % STAMPED_BYTES !== 0)
          throw new Error(`${bytes} bytes came out, which are no whole records`)
        const doubles = bytes / Float64Array.BYTES_PER_ELEMENT
        for (let at = 0; at < doubles; at += DOUBLES) {
          onRecord(records[at] as number, records[at + 1] as number)
        }
        turn()
      }
      closeSync(fd)
    },
  }
}

function whyAbsent(): string | null {
  try {
    execFileSync('mkfifo', ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'no mkfifo(1), which makes a named pipe'
  }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'fifo',
    about:
      'a named pipe between threads: writeSync of each record, readSync of all that are there, which sleeps',
    absent: whyAbsent,
    cases: {
      ...loadedCases({ share, producer: sendDue, consumer: take }),
      ...idleWakeUp({ share, producer: sendStamped, consumer: take }),
    },
  },
]
