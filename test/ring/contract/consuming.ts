import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openConsumer } from 'bpf-ringbuf'
import { CONSUMER_OWNER, RELEASED_POSITION } from '#dist/abi/region.js'
import { pattern, type Rig } from '../support/rig.js'
import type { MakeRig } from './contract.js'

/** The reading end: what is shown, when the position moves, what an error leaves behind. */
export function consuming(make: MakeRig): void {
  const withRecords = (records: number, size = 16384): Rig => {
    const rig = make({ size })
    for (let i = 0; i < records; i++) rig.mustOutput(`${i}`)
    return rig
  }

  test('consumeRaw shows the ring itself, consume and read give bytes to keep', () => {
    const rig = make()
    for (let i = 0; i < 3; i++) rig.mustOutput(pattern(10, i))
    rig.consumer.consumeRaw((memory) => assert.equal(memory, rig.u8), { max: 1 })
    const kept: Uint8Array[] = []
    rig.consumer.consume((record) => kept.push(record), { max: 1 })
    const last = rig.consumer.read()
    rig.u8.fill(0xee, 12288)
    assert.deepEqual(kept, [pattern(10, 1)])
    assert.deepEqual(last, pattern(10, 2))
    assert.ok(kept[0]?.buffer instanceof ArrayBuffer && last?.buffer instanceof ArrayBuffer)
    assert.equal(kept[0].byteLength, kept[0].buffer.byteLength)
  })

  test('read answers null when nothing is ready, skipping what was discarded', () => {
    const rig = make()
    assert.equal(rig.consumer.read(), null)
    rig.mustDiscard(rig.mustReserve(8))
    rig.mustOutput('kept')
    rig.mustDiscard(rig.mustReserve(8))
    assert.equal(Buffer.from(rig.consumer.read() ?? []).toString(), 'kept')
    assert.equal(rig.consumer.read(), null)
    assert.equal(rig.consumerPosition, rig.producerPosition)
  })

  for (const store of ['record', 'batch'] as const) {
    test(`at most max records are shown, and max counts no discarded ones (${store})`, () => {
      const rig = make({ size: 16384 })
      for (let i = 0; i < 600; i++) {
        if (i % 3 === 0) rig.mustDiscard(rig.mustReserve(4))
        else rig.mustOutput(`${i}`)
      }
      const shown: number[] = []
      for (const max of [0, 1, 2, 7, 0, 300, 1000]) {
        let seen = 0
        const answer = rig.consumer.consumeRaw(() => seen++, { max, store })
        assert.equal(answer, seen)
        shown.push(seen)
      }
      assert.deepEqual(shown, [0, 1, 2, 7, 0, 300, 90])
    })
  }

  test('max must be a whole number from 0, or Infinity', () => {
    const rig = withRecords(1)
    for (const max of [-1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => rig.consumer.consumeRaw(() => {}, { max }), { code: 'ERR_INVALID_ARGUMENT' })
    }
    assert.equal(
      rig.consumer.consumeRaw(() => {}, { max: Number.POSITIVE_INFINITY }),
      1,
    )
  })

  test('store must be record or batch', () => {
    const rig = withRecords(1)
    const options = { store: 'never' as 'batch' }
    assert.throws(() => rig.consumer.consumeRaw(() => {}, options), { code: 'ERR_INVALID_ARGUMENT' })
    assert.deepEqual(rig.texts(), ['0'])
  })

  test('stored per record, the position moves between two callbacks', () => {
    const rig = withRecords(4)
    const positions: number[] = []
    rig.consumer.consumeRaw(() => positions.push(rig.consumerPosition), { store: 'record' })
    assert.deepEqual(positions, [0, 16, 32, 48])
    assert.equal(rig.consumerPosition, 64)
  })

  test('stored per batch, it moves after at most 256 records', () => {
    const rig = withRecords(600, 65536)
    const positions = new Set<number>()
    rig.consumer.consumeRaw(() => positions.add(rig.consumerPosition))
    assert.deepEqual([...positions], [0, 256 * 16, 512 * 16])
    assert.equal(rig.consumerPosition, 600 * 16)
  })

  test('and after an eighth of the ring at most, so that producers of long records find room again', () => {
    const rig = make({ size: 4096 })
    const payload = new Uint8Array(120)
    while (rig.producer.output(payload) === 0);
    const positions: number[] = []
    const roomAfter: boolean[] = []
    rig.consumer.consumeRaw(() => {
      positions.push(rig.consumerPosition)
      roomAfter.push(rig.producer.output(payload) === 0)
    })
    // 31 records of 128 bytes: four are an eighth.
    assert.deepEqual(
      positions,
      Array.from({ length: 31 }, (_, i) => Math.floor(i / 4) * 512),
    )
    assert.deepEqual(roomAfter.slice(0, 6), [false, false, false, false, true, true])
  })

  test('records that arrive meanwhile wait for the next visit, unless it is unbounded', () => {
    const rig = withRecords(1)
    const seen: string[] = []
    const take = (record: Uint8Array) => {
      seen.push(Buffer.from(record).toString())
      if (seen.length < 700) rig.mustOutput(`${seen.length}`)
    }
    for (let visit = 1; visit <= 5; visit++) {
      assert.equal(rig.consumer.consume(take), 1)
      assert.equal(seen.length, visit)
    }
    rig.consumer.consume(take, { max: Number.POSITIVE_INFINITY })
    assert.deepEqual(
      seen,
      Array.from({ length: 700 }, (_, i) => `${i}`),
    )
  })

  for (const store of ['record', 'batch'] as const) {
    test(`a callback that throws: its record is consumed, no other is lost (${store})`, () => {
      const rig = withRecords(5)
      const mistake = new Error('mine')
      const seen: string[] = []
      const consume = () =>
        rig.consumer.consume(
          (record) => {
            const text = Buffer.from(record).toString()
            seen.push(text)
            if (text === '2') throw mistake
          },
          { store },
        )
      assert.throws(consume, mistake)
      assert.deepEqual(seen, ['0', '1', '2'])
      assert.equal(rig.consumerPosition, 48)
      assert.equal(rig.consumer.position, 48)
      assert.equal(rig.mustBalance().consumed, 3)
      assert.equal(consume(), 2)
      assert.deepEqual(seen, ['0', '1', '2', '3', '4'])
    })
  }

  test('a callback that always throws consumes one record a call, and wedges nothing', () => {
    const rig = withRecords(300)
    for (let i = 0; i < 300; i++) {
      assert.throws(() =>
        rig.consumer.consumeRaw(() => {
          throw new Error('mine')
        }),
      )
    }
    assert.equal(rig.consumer.ready, false)
    assert.equal(rig.mustBalance().consumed, 300)
  })

  test('the consumer cannot be used from its own callback, and is whole after', () => {
    const rig = withRecords(3)
    rig.consumer.consumeRaw(() => {
      const reentrant = { code: 'ERR_REENTRANT' }
      assert.throws(() => rig.consumer.consumeRaw(() => {}), reentrant)
      assert.throws(() => rig.consumer.consume(() => {}), reentrant)
      assert.throws(() => rig.consumer.read(), reentrant)
      assert.throws(() => rig.consumer.close(), reentrant)
    })
    assert.equal(rig.consumerPosition, 48)
    rig.mustOutput('more')
    assert.deepEqual(rig.texts(), ['more'])
  })

  test('producing from the callback is allowed', () => {
    const rig = withRecords(1)
    const held = rig.mustReserveText('held')
    rig.consumer.consumeRaw(
      () => {
        rig.mustSubmit(held)
        rig.mustOutput('inside')
      },
      { max: 1 },
    )
    assert.deepEqual(rig.texts(), ['held', 'inside'])
  })

  test('a ring has one consumer at a time', () => {
    const rig = withRecords(3)
    const first = openConsumer(rig.ring)
    assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
    assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
    assert.equal(Buffer.from(first.read() ?? []).toString(), '0')
    first.close()
    assert.equal(rig.word(CONSUMER_OWNER) % 2, 0)
    using second = openConsumer(rig.ring)
    assert.equal(Buffer.from(second.read() ?? []).toString(), '1')
    assert.equal(second.position, 32)
  })

  test('a closed consumer refuses to work, and closing it again does nothing', async () => {
    const rig = withRecords(3)
    const first = openConsumer(rig.ring)
    first.close()
    using _second = openConsumer(rig.ring)
    rig.mustChangeNothing(() => first.close())
    const closed = { code: 'ERR_CONSUMER_CLOSED' }
    assert.throws(() => first.consumeRaw(() => {}), closed)
    assert.throws(() => first.consume(() => {}), closed)
    assert.throws(() => first.read(), closed)
    assert.throws(() => first.wait(), closed)
    assert.throws(() => first.waitBusy(), closed)
    await assert.rejects(first.waitAsync(), closed)
    await assert.rejects(first[Symbol.asyncIterator]().next(), closed)
  })

  test('a consumer that died is taken over where it stood', () => {
    const rig = withRecords(3)
    const dead = openConsumer(rig.ring)
    assert.equal(Buffer.from(dead.read() ?? []).toString(), '0')
    using heir = openConsumer(rig.ring, { takeOver: true })
    assert.equal(Buffer.from(heir.read() ?? []).toString(), '1')
    assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
    // The one that was thought dead notices as soon as it looks.
    assert.throws(() => dead.read(), { code: 'ERR_CONSUMER_CLOSED' })
    dead.close()
    assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CONSUMER_TAKEN' })
    assert.equal(Buffer.from(heir.read() ?? []).toString(), '2')
  })

  test('memory that a dead consumer was about to release is released by its heir', () => {
    const rig = make()
    rig.fill(8)
    const dead = openConsumer(rig.ring)
    dead.consumeRaw(() => {}, { max: 10, store: 'record' })
    // It has stored its position for five records more, and died before anything else.
    rig.setWord(4096, 15 * 16)
    using heir = openConsumer(rig.ring, { takeOver: true })
    assert.equal(heir.position, 15 * 16)
    if (rig.ring.reservations === 'claim') assert.equal(rig.word(RELEASED_POSITION), 15 * 16)
    assert.equal(rig.fill(8), 15)
    assert.equal(
      heir.consumeRaw(() => {}),
      255,
    )
    rig.mustBalance()
  })

  test('ready tells whether a record is there, kept or discarded, not whether one is reserved', () => {
    const rig = make()
    assert.equal(rig.consumer.ready, false)
    const address = rig.mustReserve(8)
    assert.equal(rig.consumer.ready, false)
    rig.mustDiscard(address)
    assert.equal(rig.consumer.ready, true)
    rig.texts()
    assert.equal(rig.consumer.ready, false)
    rig.mustOutput('x')
    assert.equal(rig.consumer.ready, true)
  })
}
