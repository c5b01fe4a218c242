/** Recoverable rings: threads that are terminated at random moments, and those that are only said to be. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { attachRing, createRing, identityHolds, openConsumer, openProducer } from 'bpf-ringbuf'
import { CONSUMER_OWNER, SLOT_BYTES, SLOT_IDENTITY, SLOTS_OFFSET } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { ENGINES } from './support/builds.js'
import { EFFORT } from './support/random.js'

const mortal = new URL('./support/mortal.js', import.meta.url)
const lockHolder = new URL('./support/lock-holder.js', import.meta.url)

for (const engine of ENGINES) {
  describe(`recoverable, ${engine}`, () => {
    test('workers that are terminated hold nobody up, and every submitted record comes', async () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      using consumer = openConsumer(ring)
      const next: number[] = []
      const see = (record: Uint8Array<ArrayBuffer>) => {
        const [life = 0, number = 0] = new Uint32Array(record.buffer)
        assert.equal(number, next[life] ?? 0)
        next[life] = number + 1
      }
      const begin = async (life: number) => {
        const workerData = { handle: ring.handle, engine, life }
        const worker = new Worker(mortal, { workerData })
        await new Promise((resolve) => worker.once('message', resolve))
        return worker
      }
      const workers = [await begin(0), await begin(1)]
      const lives = 6 * EFFORT
      for (let life = 2; life < lives; life++) {
        const until = performance.now() + Math.random() * 30
        while (performance.now() < until) {
          consumer.wait({ timeoutMs: 1 })
          consumer.consume(see)
        }
        await workers.shift()?.terminate()
        workers.push(await begin(life))
      }
      for (const worker of workers) await worker.terminate()
      ring.recover()
      consumer.consume(see)
      const counters = ring.counters()
      assert.ok(identityHolds(counters), JSON.stringify(counters))
      assert.equal(counters.inFlight, 0)
      assert.equal(
        counters.submitted,
        next.reduce((sum, each) => sum + each, 0),
      )
    })

    test('a producer that is declared gone is refused, whatever it does', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      const producer = openProducer(ring)
      const other = openProducer(attachRing(ring.handle, { engine }))
      using consumer = openConsumer(ring)
      const address = producer.reserve(8)
      assert.equal(other.output(new Uint8Array([7])), 0)
      assert.equal(consumer.read(), null)
      attachRing(ring.handle).declareGone(producer.id)
      assert.deepEqual(consumer.read(), new Uint8Array([7]))
      assert.equal(producer.submit(address), -22)
      assert.equal(producer.reserve(8), 0)
      assert.equal(producer.reason, 'gone')
      assert.throws(() => producer.record(8), { code: 'ERR_PRODUCER_GONE' })
      const counters = ring.counters()
      assert.deepEqual([counters.abandoned, counters.attempted, counters.inFlight], [1, 2, 0])
      assert.ok(identityHolds(counters))
      // A new one takes another slot: this thread still lives.
      const again = openProducer(ring)
      assert.notEqual(again.id, producer.id)
      assert.equal(again.output(new Uint8Array(1)), 0)
    })

    test('the lock is not taken from a thread that lives, whatever is said of it', async () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      using consumer = openConsumer(ring)
      const holder = new Worker(lockHolder, { workerData: { handle: ring.handle, engine } })
      const [id] = (await once(holder, 'message')) as [number]
      const began = performance.now()
      assert.throws(() => ring.declareGone(id), { code: 'ERR_LOCK_HELD', detail: { value: id } })
      // Nor is anybody held up for ever who wants to recover from another.
      const victim = new Worker(mortal, { workerData: { handle: ring.handle, engine, life: 0 } })
      assert.equal(ring.recover(), 0)
      assert.ok(performance.now() - began < 5000)
      await victim.terminate()
      await holder.terminate()
      assert.ok(ring.recover() > 0)
      assert.equal(openProducer(ring).output(new Uint8Array([5])), 0)
      assert.deepEqual(consumer.read(), new Uint8Array([5]))
      const counters = ring.counters()
      assert.deepEqual([counters.abandoned, counters.inFlight], [1, 0])
      assert.ok(identityHolds(counters))
    })

    test('a producer that is declared gone by its own thread, and a new one', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      const first = openProducer(ring)
      first.reserve(8)
      ring.declareGone(first.id)
      assert.equal(first.gone, true)
      const second = openProducer(ring)
      const address = second.reserve(8)
      // As at the end of a block that was left since: it is not the new one that leaves.
      first.detach()
      assert.equal(second.submit(address), 0)
      assert.equal(second.output(new Uint8Array(1)), 0)
      const counters = ring.counters()
      assert.deepEqual([counters.abandoned, counters.submitted, counters.inFlight], [1, 2, 0])
    })

    test('a producer that detaches takes back what it holds, and is nobody then', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      using consumer = openConsumer(ring)
      const producer = openProducer(ring)
      const address = producer.reserve(8)
      const other = openProducer(attachRing(ring.handle, { engine }))
      assert.equal(other.output(new Uint8Array([7])), 0)
      producer.detach()
      // Nobody could commit it any more.
      assert.deepEqual(consumer.read(), new Uint8Array([7]))
      assert.equal(producer.submit(address), -22)
      assert.equal(producer.reserve(8), 0)
      assert.equal(producer.reason, 'gone')
      const counters = ring.counters()
      assert.deepEqual([counters.abandoned, counters.attempted, counters.inFlight], [1, 2, 0])
      assert.ok(identityHolds(counters))
    })

    test('a consumer that could not be opened leaves the one before as it was', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      const attached = attachRing(ring.handle, { engine })
      const { views, address } = attachmentOf(ring)
      const identity = () => [
        ...views.u32.slice((address + SLOTS_OFFSET + SLOT_IDENTITY) >>> 2).subarray(0, SLOT_BYTES >>> 2),
      ]
      using consumer = openConsumer(ring)
      const owner = views.u32[(address + CONSUMER_OWNER) >>> 2]
      const before = identity()
      const broken = { takeOver: true, onLost: 1 as unknown as () => void }
      assert.throws(() => openConsumer(attached, broken), { code: 'ERR_INVALID_ARGUMENT' })
      assert.equal(views.u32[(address + CONSUMER_OWNER) >>> 2], owner)
      assert.deepEqual(identity(), before)
      assert.equal(openProducer(ring).output(new Uint8Array([9])), 0)
      assert.deepEqual(consumer.read(), new Uint8Array([9]))
      assert.throws(() => openConsumer(attached), { code: 'ERR_CONSUMER_TAKEN' })
    })

    test('a record is committed by the producer that reserved it', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      const [one, two] = [openProducer(ring), openProducer(attachRing(ring.handle, { engine }))]
      const address = one.reserve(8)
      assert.equal(two.submit(address), -22)
      assert.equal(one.submit(address), 0)
    })

    test('a producer that was detached is refused, also when its slot is free or another has it', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      const producer = openProducer(ring)
      const address = producer.reserve(8)
      producer.submit(address)
      producer.detach()
      assert.equal(producer.reserve(8), 0)
      assert.equal(producer.reason, 'gone')
      const other = openProducer(attachRing(ring.handle, { engine }))
      assert.equal(producer.output(new Uint8Array(1)), -11)
      assert.equal(other.output(new Uint8Array(1)), 0)
      const counters = ring.counters()
      assert.deepEqual([counters.attempted, counters.submitted, counters.inFlight], [2, 2, 0])
    })

    test('more producers than slots are an error that says the limit', () => {
      const ring = createRing({ size: 4096, engine, recoverable: true })
      const open = () => openProducer(attachRing(ring.handle, { engine: 'js' }))
      const producers = Array.from({ length: 56 }, open)
      assert.throws(open, { code: 'ERR_TOO_MANY_PRODUCERS', detail: { limit: 56 } })
      producers[10]?.detach()
      assert.equal(open().id, 11)
    })
  })
}

test('what cannot be recovered is refused', () => {
  assert.throws(() => createRing({ size: 4096, recoverable: true, reservations: 'claim' }), {
    code: 'ERR_INVALID_ARGUMENT',
  })
  assert.throws(() => createRing({ size: 4096, recoverable: true, owners: false }), {
    code: 'ERR_INVALID_ARGUMENT',
  })
  assert.throws(() => createRing({ size: 4096 }).recover(), { code: 'ERR_NOT_RECOVERABLE' })
})
