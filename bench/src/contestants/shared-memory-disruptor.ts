/**
 * shared-memory-disruptor: slots of one size in a POSIX shared memory, claimed and committed through an addon in C++.
 *
 *   producer ──claims a slot, fills it, commits in the order of claims──► slots ──all that is there──► consumer
 *
 * It is made for processes and for worker threads; here it is between threads, as most others are. Its calls do not
 * spin by themselves: what finds no room, or nothing, is tried again by the harness, as with everybody.
 *
 * Since commits come in the order of claims, producers that share a cpu queue up behind the one that is off it: with
 * more threads than cpus it falls to a hundredth, however long they try before they nap (3 to 3000 times was measured).
 */
import { rmSync } from 'node:fs'
import { RING_BYTES } from '../cases.js'
import type { Contestant, HandOffMeasurement, HandOffProducer, PollingConsumer } from '../contestant.js'
import { BATCH_RECORDS, handOffCases } from '../core/cases.js'
import { type Disruptor, loadDisruptor, whyNoDisruptor } from '../peers/disruptor-install.js'

/**
 * Tries before a thread lets go of its cpu. A producer commits after those who claimed before it, and they may be off
 * their cpus; so the consumer lets go of its own as well, where there are several producers and nothing is there.
 */
const TRIES_BEFORE_NAP = 100
const NAP_MS = 0.05
const nobody = new Int32Array(new SharedArrayBuffer(4))

function napAfter(tries: number): void {
  if (tries % TRIES_BEFORE_NAP === 0) Atomics.wait(nobody, 0, 0, NAP_MS)
}

function open(name: string, bytes: number, side: 'producer' | 'consumer' | 'creator'): Disruptor {
  const Disruptor = loadDisruptor()
  const consumer = side === 'consumer' ? 0 : -1
  return new Disruptor(name, RING_BYTES / bytes, bytes, 1, consumer, side === 'creator', false)
}

/** Makes the memory. It stays until the process ends, since each thread opens it by its name. */
function create(bytes: number): string {
  const name = `/bpf-ringbuf-bench-${process.pid}`
  open(name, bytes, 'creator').release()
  process.on('exit', () => rmSync(`/dev/shm${name}`, { force: true }))
  return name
}

function commit(disruptor: Disruptor): void {
  for (let tries = 1; !disruptor.produceCommitSync(); tries++) napAfter(tries)
}

function openPush(disruptor: Disruptor, bytes: number): HandOffProducer['push'] {
  return (payload) => {
    const slot = disruptor.produceClaimSync()
    if (slot.length !== bytes) return false
    slot.set(payload)
    commit(disruptor)
    return true
  }
}

/** All claims are of so many slots, and there are a multiple of so many: none goes over the end. */
function openBatchPush(disruptor: Disruptor, bytes: number, batch: number): HandOffProducer['push'] {
  let slots: Buffer | undefined
  let filled = 0
  return (payload) => {
    if (slots === undefined) {
      const [claimed] = disruptor.produceClaimManySync(batch)
      if (claimed === undefined) return false
      if (claimed.length !== batch * bytes) throw new Error(`${claimed.length} bytes were claimed`)
      slots = claimed
    }
    slots.set(payload, filled * bytes)
    if (++filled === batch) {
      commit(disruptor)
      filled = 0
      slots = undefined
    }
    return true
  }
}

/** Gives slots back when it has taken all that it was shown, as it must. */
function openConsumer(disruptor: Disruptor, bytes: number, alone: boolean): PollingConsumer {
  let stretches: Buffer[] = []
  let at = 0
  let empty = 0
  return {
    drain(check, limit) {
      if (stretches.length === 0) stretches = disruptor.consumeNewSync()
      if (stretches.length === 0 && !alone) napAfter(++empty)
      let taken = 0
      for (let stretch = stretches[0]; stretch !== undefined; stretch = stretches[0]) {
        if (stretch.length % bytes !== 0) throw new Error(`${stretch.length} bytes of slots came out`)
        for (; at < stretch.length && taken < limit; at += bytes, taken++) check.take(stretch.readInt32LE(at))
        if (at < stretch.length) break
        stretches.shift()
        at = 0
      }
      return taken
    },
  }
}

function handOff(producers: number, bytes: number, batch: number): HandOffMeasurement<string> {
  return {
    kind: 'hand-off',
    producers,
    bytes,
    batch,
    share() {
      const name = create(bytes)
      return { producer: name, consumer: name }
    },
    producer(name) {
      const disruptor = open(name, bytes, 'producer')
      return { push: batch === 1 ? openPush(disruptor, bytes) : openBatchPush(disruptor, bytes, batch) }
    },
    consumer: (name) => openConsumer(open(name, bytes, 'consumer'), bytes, producers === 1),
  }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'shared-memory-disruptor',
    about: 'npm shared-memory-disruptor 4.2: slots of one size, an addon in C++; between threads',
    absent: whyNoDisruptor,
    cases: handOffCases(({ producers, bytes, way }) =>
      way === 'output' ? undefined : handOff(producers, bytes, way === 'batch' ? BATCH_RECORDS : 1),
    ),
  },
]
