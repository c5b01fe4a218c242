/**
 * A producer in another process, which sends into a ring that both have mapped.
 *
 *   producer worker ──starts, orders──► process (cpu0): sender.ts ──records──► mapped ring ──► consumer worker (cpu1)
 *        └─ sleeps until the run is over, closes the ring, reads how many were sent
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { MappedRing } from '../../../dist/ring/mapped-ring.js'
import { awaitStop } from '../threads/control.js'

/** How a producer keeps time: send.ts. */
export type Order =
  | readonly [how: 'evenly', rate: number, warmUpSeconds: number]
  | readonly [how: 'lonely', warmUpSeconds: number]

export interface AwayProducer {
  /** Sends until the run is over; answers how many. */
  sendUntil(control: Int32Array, order: Order): Promise<number>
}

const SENDER = fileURLToPath(new URL('./sender.js', import.meta.url))

/** Answers when the process is up; it sends nothing before it is told to. */
export async function startSender(ring: MappedRing): Promise<AwayProducer> {
  const { stdin, stdout } = spawn(process.execPath, [SENDER], { stdio: ['pipe', 'pipe', 'inherit', ring.fd] })
  if (stdin === null || stdout === null) throw new Error('the process that sends has no pipes')
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  const nextLine = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the process that sends has ended')
    return JSON.parse(value)
  }
  await nextLine()
  return {
    async sendUntil(control, order) {
      // Before this thread sleeps, in which no write goes on.
      await new Promise((resolve) => stdin.end(`${order.join(' ')}\n`, () => resolve(undefined)))
      awaitStop(control)
      ring.close()
      return (await nextLine()).sent
    },
  }
}
