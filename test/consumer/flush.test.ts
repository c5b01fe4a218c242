/** Everything that is committed is consumed, then whoever asked is answered. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  BPF_F_RB_OVERWRITE,
  BPF_RB_NO_WAKEUP,
  createRing,
  openConsumer,
  openPoller,
  openProducer,
} from 'bpf-ringbuf'
import { attachmentOf } from '#dist/ring/ring.js'
import { BUILDS, ENGINES } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

const LONG_MS = 10_000
const RINGS = new URL('../ring/support/rings.js', import.meta.url).href

/** Flushes a ring from a thread of its own, and answers what flush answered. */
async function flushElsewhere(rig: Rig, timeoutMs: number): Promise<boolean> {
  const worker = new Worker(
    `
      import { parentPort, workerData } from 'node:worker_threads'
      import { joinRing } from ${JSON.stringify(RINGS)}
      const { handle, engine, timeoutMs } = workerData
      parentPort.postMessage(joinRing(handle, { engine }).flush({ timeoutMs }))
    `,
    { eval: true, workerData: { handle: rig.ring.handle, engine: rig.ring.engine, timeoutMs } },
  )
  const [answer] = await once(worker, 'message')
  return answer
}

for (const build of BUILDS) {
  describe(build.name, () => {
    test('a ring with nothing committed is flushed at once', async () => {
      const rig = new Rig(build)
      assert.equal(await rig.ring.flushAsync({ timeoutMs: 0 }), true)
      rig.mustReserve(8)
      rig.mustOutput('behind it')
      assert.equal(rig.ring.flush({ timeoutMs: 0 }), true)
    })

    test('without a consumer the time runs out', async () => {
      const rig = new Rig(build)
      rig.mustOutput('x')
      assert.equal(rig.ring.flush({ timeoutMs: 10 }), false)
      assert.equal(await rig.ring.flushAsync({ timeoutMs: 10 }), false)
    })

    test('what a consumer sleeps through, for NO_WAKEUP, is flushed from its own thread', async () => {
      const rig = new Rig(build)
      const seen: string[] = []
      const reading = (async () => {
        for await (const record of rig.consumer) seen.push(Buffer.from(record).toString())
      })()
      await new Promise((resolve) => setTimeout(resolve, 5))
      rig.mustOutput('quiet', BPF_RB_NO_WAKEUP)
      assert.equal(await rig.ring.flushAsync({ timeoutMs: LONG_MS }), true)
      assert.deepEqual(seen, ['quiet'])
      rig.ring.close()
      await reading
    })

    test('and from another thread, while this one blocks', async () => {
      const rig = new Rig(build)
      const { consumer } = rig
      const flushed = flushElsewhere(rig, LONG_MS)
      rig.mustOutput('quiet', BPF_RB_NO_WAKEUP)
      await new Promise((resolve) => setTimeout(resolve, 50))
      while (consumer.wait({ timeoutMs: LONG_MS }) !== 'ready');
      assert.deepEqual(rig.texts(), ['quiet'])
      assert.equal(await flushed, true)
    })

    test('records that come later are not waited for', async () => {
      const rig = new Rig(build)
      for (let i = 0; i < 3; i++) rig.mustOutput(`${i}`)
      const flushed = rig.ring.flushAsync({ timeoutMs: LONG_MS })
      rig.mustOutput('later')
      rig.texts(3)
      assert.equal(await flushed, true)
      assert.deepEqual(rig.texts(), ['later'])
    })

    test('a poller that waits is flushed by itself, by consume, and by the ring', async () => {
      const rig = new Rig(build)
      using poller = openPoller()
      const seen: number[] = []
      poller.add(rig.ring, (record) => seen.push(record.length))
      const polling = poller.pollAsync(LONG_MS)
      await new Promise((resolve) => setTimeout(resolve, 5))
      rig.mustOutput('one', BPF_RB_NO_WAKEUP)
      assert.equal(poller.flush(), 1)
      rig.mustOutput('four', BPF_RB_NO_WAKEUP)
      assert.equal(await rig.ring.flushAsync({ timeoutMs: LONG_MS }), true)
      assert.equal(await polling, 1)
      assert.deepEqual(seen, [3, 4])
    })

    test('a watermark does not hold it up', async () => {
      const rig = new Rig(build)
      const consumer = openConsumer(rig.ring, { watermark: { records: 100, maxDelayMs: LONG_MS } })
      const seen: number[] = []
      const reading = (async () => {
        for await (const record of consumer) seen.push(record.length)
      })()
      openProducer(rig.ring).output(new Uint8Array(5))
      await new Promise((resolve) => setTimeout(resolve, 5))
      assert.equal(await rig.ring.flushAsync({ timeoutMs: LONG_MS / 2 }), true)
      assert.deepEqual(seen, [5])
      rig.ring.close()
      await reading
    })
  })
}

for (const engine of ENGINES) {
  for (const recoverable of [false, true]) {
    test(`${engine}: a consumer of a ring that overwrites itself tells who flushes, recoverable: ${recoverable}`, () => {
      const ring = createRing({ size: 4096, flags: BPF_F_RB_OVERWRITE, engine, recoverable })
      const producer = openProducer(ring)
      const consumer = openConsumer(ring)
      const told = () => attachmentOf(ring).engine.roomSequence()
      producer.output(new Uint8Array(8))
      const before = told()
      consumer.read()
      assert.equal(told(), before)
      producer.output(new Uint8Array(8))
      assert.equal(ring.flush({ timeoutMs: 0 }), false)
      consumer.read()
      assert.notEqual(told(), before)
      assert.equal(ring.flush({ timeoutMs: 0 }), true)
    })
  }
}
