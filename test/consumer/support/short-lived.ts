/** A thread that ends in the middle of something, as one that is terminated there does. */
import { Worker, workerData } from 'node:worker_threads'
import { attachRing, BPF_RB_NO_WAKEUP, type EngineChoice, openProducer, type Ring } from 'bpf-ringbuf'
import { attachmentOf } from '#dist/ring/ring.js'

/**
 * What it ends in: with a record reserved; behind the commit of one, before it has woken anybody; with the lock
 * held. `stays`: as the second, but it lives on.
 */
export type Deed = 'reserve' | 'commit' | 'lock' | 'stays'

interface ShortLife {
  readonly handle: Ring['handle']
  readonly engine: EngineChoice
  readonly deed: Deed
}

/** Starts it. It needs no turn of this thread's event loop. */
export function begin(ring: Ring, engine: EngineChoice, deed: Deed): Worker {
  return new Worker(new URL(import.meta.url), { workerData: { handle: ring.handle, engine, deed } })
}

if (workerData?.deed) live(workerData)

function live({ handle, engine, deed }: ShortLife): void {
  const ring = attachRing(handle, { engine })
  const producer = openProducer(ring)
  if (deed === 'lock') attachmentOf(ring).engine.lock(1)
  else if (deed === 'reserve') producer.reserve(8)
  else producer.output(new Uint8Array([7]), BPF_RB_NO_WAKEUP)
  if (deed === 'stays') setInterval(() => {}, 1000)
}
