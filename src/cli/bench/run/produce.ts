import { type Pace, STEADY_RATE } from '../cases.js'
import type { ProducerEnd } from '../contestant.js'
import { sharedNow } from './clock.js'
import { SENT, SEQUENCE } from './record.js'

/** Records between two looks at whether it is over. A multiple of any batch, so that no batch stays half full. */
const RECORDS_PER_LOOK = 64

/** Pauses between lonely records are drawn, so that nothing falls into step with them. */
const PAUSE_MS = 0.3
const MOST_PAUSE_MS = 0.6

/** Sends records until it is told to stop, or nobody takes any more. Answers how many went in. */
export async function produce(
  end: ProducerEnd,
  record: Float64Array,
  pace: Pace,
  isStopped: () => boolean,
): Promise<number> {
  const sender = new Sender(end, record)
  if (pace === 'flood') await flood(sender, isStopped)
  else await trickle(sender, pace, isStopped)
  await end.end?.()
  return sender.sent
}

class Sender {
  readonly #end: ProducerEnd
  readonly #record: Float64Array
  readonly #last: number
  #sent = 0

  constructor(end: ProducerEnd, record: Float64Array) {
    this.#end = end
    this.#record = record
    this.#last = record.length - 1
  }

  get sent(): number {
    return this.#sent
  }

  /** Numbers the record and puts it in. False: there is no room. */
  send(): boolean {
    this.#record[SEQUENCE] = this.#sent
    this.#record[this.#last] = this.#sent
    const put = this.#end.push()
    this.#sent += put
    return put > 0
  }

  /** The same, with the time, and waiting for room. False: nobody takes it any more. */
  async sendTimed(time: number): Promise<boolean> {
    this.#record[SENT] = time
    while (!this.send()) {
      if (!(await this.#end.waitForRoom())) return false
    }
    return true
  }

  /** False: nobody takes any more. */
  waitForRoom(): boolean | Promise<boolean> {
    return this.#end.waitForRoom()
  }

  async turn(): Promise<void> {
    await this.#end.turn?.()
  }
}

async function flood(sender: Sender, isStopped: () => boolean): Promise<void> {
  while (!isStopped()) {
    const enough = sender.sent + RECORDS_PER_LOOK
    while (sender.sent < enough) {
      if (!sender.send() && !(await sender.waitForRoom())) return
    }
    await sender.turn()
  }
}

/** A steady record carries the time at which it was due: what is late because another was late is late. */
async function trickle(sender: Sender, pace: Pace, isStopped: () => boolean): Promise<void> {
  const start = sharedNow()
  while (!isStopped()) {
    await sender.turn()
    let due = start + (sender.sent * 1e3) / STEADY_RATE
    if (pace === 'lonely') {
      nap(PAUSE_MS + Math.random() * (MOST_PAUSE_MS - PAUSE_MS))
      due = sharedNow()
    }
    while (sharedNow() < due);
    if (!(await sender.sendTimed(due))) return
  }
}

const nobody = new Int32Array(new SharedArrayBuffer(4))

/** Blocks the thread, off the processor. */
export function nap(ms: number): void {
  Atomics.wait(nobody, 0, 0, ms)
}
