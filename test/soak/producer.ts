/** Sends numbers at full speed, and gives its producer up and attaches anew all the time. */
import { setImmediate } from 'node:timers/promises'
import { workerData } from 'node:worker_threads'
import { type EngineKind, openProducer, type Producer } from 'bpf-ringbuf'
import { type AnyHandle, joinRing } from '../ring/support/rings.js'

export interface ProducerData {
  readonly handle: AnyHandle
  readonly engine: EngineKind
  readonly producer: number
  /** How many it sends; Infinity: until the ring is closed. */
  readonly records: number
}

/** So many records with one attachment. */
const TURN = 20_000
const PATIENCE_MS = 20
/** In so many turns this thread collects its garbage, as the one does that takes samples. */
const COLLECT = 32

const { handle, engine, producer: own, records } = workerData as ProducerData
let sent = 0
let turns = 0
while (sent < records) {
  const ring = joinRing(handle, { engine })
  if (ring.closed) break
  const producer = openProducer(ring)
  const end = Math.min(records, sent + TURN)
  while (sent < end && !ring.closed) send(producer)
  producer.detach()
  ;(ring as { detach?: () => void }).detach?.()
  // Without ArrayBuffer.transfer (Node 20), pages that were given up stay until their views are collected, and that
  // needs turns of the event loop.
  await setImmediate()
  if (++turns % COLLECT === 0) globalThis.gc?.()
}

function send(producer: Producer): void {
  const address = producer.reserve(8)
  if (address === 0) {
    producer.waitForRoom(8, PATIENCE_MS)
    return
  }
  const { u32 } = producer.memory
  u32[address >>> 2] = own
  u32[(address >>> 2) + 1] = sent
  if (producer.submit(address) !== 0) throw new Error(`producer ${own}: record ${sent} was refused`)
  sent++
}
