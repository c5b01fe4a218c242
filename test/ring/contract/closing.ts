import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EAGAIN, openConsumer, openProducer } from 'bpf-ringbuf'
import { joinRing } from '../support/rings.js'
import type { MakeRig } from './contract.js'

/** Closing: nothing new, everything old. */
export function closing(make: MakeRig): void {
  test('a closed ring refuses reservations, and says why', () => {
    const rig = make()
    assert.equal(rig.ring.closed, false)
    rig.ring.close()
    assert.equal(rig.ring.closed, true)
    assert.equal(rig.producer.reserve(8), 0)
    assert.equal(rig.producer.reason, 'closed')
    assert.equal(rig.producer.tryReserve(8), 0)
    assert.equal(rig.producer.reason, 'closed')
    assert.equal(rig.producer.reserveBatch(2, 8), 0)
    assert.equal(rig.producer.reason, 'closed')
    assert.equal(rig.producer.output(new Uint8Array(8)), -EAGAIN)
    assert.equal(rig.producer.outputMany([new Uint8Array(8), new Uint8Array(8)]), -EAGAIN)
    assert.throws(() => rig.producer.record(8), { code: 'ERR_RING_CLOSED' })
    assert.throws(() => rig.producer.batch(2, 8), { code: 'ERR_RING_CLOSED' })
    const { refused, dropped } = rig.mustBalance()
    assert.deepEqual([refused, dropped], [1 + 1 + 2 + 1 + 2 + 1 + 2, 0])
  })

  test('closing shows in no position', () => {
    const rig = make()
    rig.mustOutput('one')
    rig.ring.close()
    assert.equal(rig.producerPosition, 16)
    assert.deepEqual(rig.texts(), ['one'])
    assert.equal(rig.consumerPosition, 16)
    assert.equal(rig.mustBalance().highWaterBytes, 16)
  })

  test('what is reserved can still be submitted, discarded and consumed', () => {
    const rig = make()
    const [kept, lost] = [rig.mustReserveText('kept'), rig.mustReserve(8)]
    const batch = rig.producer.reserveBatch(2, 0)
    rig.ring.close()
    assert.equal(rig.consumer.wait({ timeoutMs: 0 }), 'timeout')
    assert.equal(rig.mustBalance().inFlight, 3)
    rig.mustSubmit(kept)
    assert.equal(rig.consumer.wait(), 'ready')
    assert.deepEqual(rig.texts(), ['kept'])
    assert.equal(rig.consumer.wait({ timeoutMs: 0 }), 'timeout')
    rig.mustDiscard(lost)
    assert.equal(rig.producer.submitBatch(batch, 2, 0), 0)
    assert.equal(rig.consumer.wait(), 'ready')
    assert.deepEqual(rig.texts(), ['', ''])
    assert.equal(rig.consumer.wait(), 'closed')
    rig.mustBalance()
  })

  test('the end of the stream is told by every wait, again and again', async () => {
    const rig = make()
    rig.ring.close()
    for (let i = 0; i < 3; i++) {
      assert.equal(rig.consumer.wait(), 'closed')
      assert.equal(rig.consumer.waitBusy(), 'closed')
      assert.equal(await rig.consumer.waitAsync(), 'closed')
    }
    assert.equal(rig.consumer.read(), null)
  })

  test('closing twice, by hand and by using, does nothing more', () => {
    const rig = make()
    rig.ring.close()
    rig.mustChangeNothing(() => rig.ring.close())
    // Leaving the block gives a ring between processes up, in this thread.
    if (rig.ring.handle.type !== 'bpf-ringbuf') return
    rig.mustChangeNothing(() => rig.ring[Symbol.dispose]())
  })

  test('one who attaches later sees that the ring is closed, and may still consume', () => {
    const rig = make()
    rig.mustOutput('left behind')
    rig.ring.close()
    const late = joinRing(rig.ring.handle)
    assert.equal(late.closed, true)
    assert.equal(openProducer(late).reserve(8), 0)
    using consumer = openConsumer(late)
    assert.equal(Buffer.from(consumer.read() ?? []).toString(), 'left behind')
    assert.equal(consumer.wait(), 'closed')
  })

  test('a closed ring has no room to wait for', async () => {
    const rig = make()
    rig.fill(8)
    rig.ring.close()
    assert.equal(rig.producer.waitForRoom(8), false)
    assert.equal(await rig.producer.waitForRoomAsync(8), false)
    assert.equal(rig.producer.reserveBlocking(8), 0)
    assert.equal(rig.producer.reason, 'closed')
  })

  test('records are iterated to the end of a closed ring', async () => {
    const rig = make()
    for (const text of ['one', 'two', 'three']) rig.mustOutput(text)
    rig.ring.close()
    const seen: string[] = []
    for await (const record of rig.consumer) seen.push(Buffer.from(record).toString())
    assert.deepEqual(seen, ['one', 'two', 'three'])
  })

  test('leaving the iteration early loses nothing', async () => {
    const rig = make()
    for (const text of ['one', 'two', 'three']) rig.mustOutput(text)
    for await (const record of rig.consumer) {
      assert.equal(Buffer.from(record).toString(), 'one')
      break
    }
    assert.deepEqual(rig.texts(), ['two', 'three'])
  })
}
