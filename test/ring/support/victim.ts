/**
 * Threads that live with memory somebody else damages. Each posts what it has seen; whatever it must not
 * see, it throws.
 */

import assert from 'node:assert/strict'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { openConsumer, openProducer, type Producer, RingbufError } from 'bpf-ringbuf'
import {
  CONSUMER_OWNER,
  CONSUMER_POSITION,
  DATA_OFFSET,
  LOCK_WORD,
  PENDING_POSITION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
} from '#dist/abi/region.js'
import { type AttackerData, CONTROL_DEEDS, CONTROL_STOP } from './attacker.js'
import { mustAnswerAll, mustConsumeInside, mustReserveInside } from './bounds.js'
import type { Build } from './builds.js'
import { drawDamage } from './damage.js'
import { Random } from './random.js'
import { Rig } from './rig.js'
import { type AnyRing, addressOf, joinRing } from './rings.js'

export interface VictimData {
  readonly victim: 'at rest' | 'under attack'
  readonly build: Build
  readonly size: number
  readonly seed: number
  readonly rounds: number
}

/** How often what was met. A run that met nothing has shown nothing. */
export interface VictimReport {
  readonly wentOn: number
  readonly corrupted: number
  readonly reserved: number
  readonly refused: number
}

class Tally implements VictimReport {
  wentOn = 0
  corrupted = 0
  reserved = 0
  refused = 0

  use(rig: Rig, random: Random): void {
    for (let i = 0; i < 3; i++) {
      const store = random.oneIn(2) ? 'record' : 'batch'
      if (mustConsumeInside(rig.consumer, { store }) === 'went on') this.wentOn++
      else this.corrupted++
      const size = random.below(random.oneIn(2) ? 64 : rig.ring.size)
      if (mustReserveInside(rig.producer, size, random.oneIn(2))) this.reserved++
      else this.refused++
    }
    mustBatchInside(rig.producer, random)
    mustAnswerAll(rig.ring, rig.consumer, rig.producer)
  }
}

/** Only of rings with claims: whoever waits for a lock believes that its holder lives. */
function mustBatchInside(producer: Producer, random: Random): void {
  const [records, size] = [1 + random.below(5), random.below(100)]
  if (producer.ring.reservations === 'lock') return
  const first = producer.reserveBatch(records, size)
  if (first === 0) return
  for (let i = 0; i < records; i++) {
    const address = producer.batchAddress(first, i, size)
    assert.ok(address >= DATA_OFFSET + 8 && address + size <= DATA_OFFSET + 2 * producer.ring.size)
  }
  assert.ok([0, -22].includes(producer.submitBatch(first, records, size)))
}

/** A ring in some state, one or a few words damaged, then used. */
function atRest({ build, size, seed, rounds }: VictimData): VictimReport {
  const tally = new Tally()
  for (let round = 0; round < rounds; round++) {
    const random = new Random(seed + round)
    const rig = new Rig(build, { size, initialPosition: random.pick([0, 2 ** 32 - 4096, 2 ** 31]) })
    const held: number[] = []
    assert.equal(rig.consumer.ready, false)
    for (let i = random.below(60); i > 0; i--) {
      const kind = random.below(5)
      if (kind < 2) rig.producer.output(new Uint8Array(random.below(200)))
      else if (kind === 2) held.push(rig.producer.reserve(random.below(200)))
      else if (kind === 3) rig.producer.submit(held.pop() ?? 0)
      else rig.consumer.consumeRaw(() => {}, { max: random.below(5) })
    }
    for (let damages = 1 + random.below(3); damages > 0; damages--) damage(rig, random)
    tally.use(rig, random)
    mustAttachOrRefuse(rig)
  }
  return tally
}

function damage(rig: Rig, random: Random): void {
  const { at, value } = drawDamage({ size: rig.ring.size, word: (at) => rig.word(at) }, random)
  if (at !== LOCK_WORD) rig.setWord(at, value)
}

/** Attaching to it, and opening an end, works or says what is wrong. */
function mustAttachOrRefuse(rig: Rig): void {
  try {
    const ring = joinRing(rig.ring.handle, { engine: rig.ring.engine })
    using consumer = openConsumer(ring, { takeOver: true })
    mustConsumeInside(consumer)
  } catch (error) {
    assert.ok(error instanceof RingbufError, `${error}`)
    assert.match(error.code, /^ERR_(NOT_A_RING|RING_VERSION|RING_FLAGS|RING_DAMAGED|CORRUPTED)$/)
  }
}

/** A ring that is used while another thread writes to it at random; repaired when it cannot go on. */
async function underAttack({ build, size, seed, rounds }: VictimData): Promise<VictimReport> {
  const random = new Random(seed)
  const rig = new Rig(build, { size, initialPosition: 2 ** 32 - size })
  assert.equal(rig.consumer.ready, false)
  const owner = rig.word(CONSUMER_OWNER)
  const control = new Int32Array(new SharedArrayBuffer(16))
  const data: AttackerData = { buffer: rig.u8.buffer, address: addressOf(rig.ring), size, control, seed }
  const worker = new Worker(new URL('./attacker.js', import.meta.url), { workerData: data })
  const tally = new Tally()
  for (let round = 0; round < rounds; round++) {
    tally.use(rig, random)
    Atomics.add(control, CONTROL_DEEDS, 1)
    if (random.oneIn(4)) repair(rig, owner)
    if (random.oneIn(64)) mustAttachOrRefuse(rig)
  }
  Atomics.store(control, CONTROL_STOP, 1)
  await worker.terminate()
  // Left alone and repaired, it is a ring again.
  repair(rig, owner)
  mustWork(rig.ring)
  return tally
}

/** Makes the ring empty where its consumer stands. */
function repair(rig: Rig, owner: number): void {
  const { position } = rig.consumer
  rig.setWord(CONSUMER_POSITION, position)
  rig.setWord(RELEASED_POSITION, position)
  rig.setWord(PRODUCER_POSITION, position)
  rig.setWord(PENDING_POSITION, position)
  rig.setWord(CONSUMER_OWNER, owner)
  const data = rig.u8.subarray(DATA_OFFSET, DATA_OFFSET + rig.ring.size)
  data.fill(rig.ring.reservations === 'claim' ? 0x80 : 0)
}

/** A consumer that begins anew forgets what it was made to believe. */
function mustWork(ring: AnyRing): void {
  using consumer = openConsumer(ring, { takeOver: true })
  const seen: string[] = []
  for (let i = 0; i < 500; i++) {
    assert.equal(openProducer(ring).outputText(`${i}`), 0)
    consumer.consume((record) => seen.push(Buffer.from(record).toString()))
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 500 }, (_, i) => `${i}`),
  )
}

if (workerData?.victim) {
  const data = workerData as VictimData
  const { wentOn, corrupted, reserved, refused } =
    data.victim === 'at rest' ? atRest(data) : await underAttack(data)
  parentPort?.postMessage({ wentOn, corrupted, reserved, refused } satisfies VictimReport)
}
