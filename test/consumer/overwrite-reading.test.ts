/** Reading a ring whose producers do not wait: by copies, each whole, each once, in order. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_NO_WAKEUP, LostRecord } from 'bpf-ringbuf'
import { ENGINES } from '../ring/support/builds.js'
import { Random, SEED } from '../ring/support/random.js'
import { numbered, numberOf } from './support-records/notes.js'
import { Recorder } from './support-records/recorder.js'

for (const engine of ENGINES) {
  describe(engine, () => {
    test('a reader that keeps up misses nothing', () => {
      const recorder = new Recorder(engine, { initialPosition: 2 ** 32 - 20_000 })
      for (let round = 0; round < 500; round++) {
        recorder.send(1 + (round % 5), 4 + ((round * 37) % 500))
        recorder.read()
      }
      recorder.mustAccount()
      assert.equal(recorder.lost, 0)
    })

    test('a reader that does not is told of everything it misses', () => {
      const recorder = new Recorder(engine, { initialPosition: 2 ** 32 - 200_000 })
      for (let round = 0; round < 300; round++) {
        recorder.send(round % 60, 4 + ((round * 37) % 300))
        if (round % 3 === 0) recorder.read(round % 11)
      }
      recorder.mustAccount()
      assert.ok(recorder.lost > 1000 && recorder.shown > 100)
    })

    test('what a callback is shown stays as it is, while producers lap the ring', () => {
      const recorder = new Recorder(engine)
      recorder.send(20, 100)
      const numbers: number[] = []
      recorder.consumer.consumeRaw((memory, offset, length) => {
        recorder.send(100, 100)
        numbers.push(numberOf(memory.subarray(offset, offset + length)))
      })
      // What was copied when it began is shown, though it is long gone.
      assert.deepEqual(
        numbers.slice(0, 19),
        Array.from({ length: 19 }, (_, i) => i),
      )
      assert.ok((numbers[19] as number) >= 19)
    })

    test('what a visit leaves of what it has copied the next one shows: it is not lost, though long gone', () => {
      const recorder = new Recorder(engine)
      recorder.send(20, 100)
      recorder.read(1)
      recorder.send(100, 100)
      recorder.read(18)
      assert.deepEqual([recorder.shown, recorder.lost], [19, 0])
      recorder.mustAccount()
      assert.ok(recorder.lost > 50)
    })

    test('it is not the memory of the ring, and no shared memory', () => {
      const recorder = new Recorder(engine)
      recorder.send(1, 100)
      recorder.consumer.consumeRaw((memory) => {
        assert.ok(!(memory.buffer instanceof SharedArrayBuffer))
      })
      recorder.send(1, 100)
      using lease = recorder.consumer.lease()
      const record = lease.at(0)
      assert.ok(!(record.bytes.buffer instanceof SharedArrayBuffer))
      assert.equal(record.dataView.buffer, record.bytes.buffer)
      recorder.send(100, 100)
      assert.equal(numberOf(record.bytes), 1)
      assert.equal(numberOf(record.copy()), 1)
      assert.equal(record.uint32[0], 1)
    })

    test('a record that is longer than what is copied at once is read in one piece', () => {
      const recorder = new Recorder(engine, { size: 2 ** 20, initialPosition: 2 ** 20 - 1000 })
      for (const bytes of [65_520, 65_528, 65_536, 200_000, 2 ** 20 - 16]) {
        recorder.send(1, bytes)
        recorder.read()
      }
      recorder.send(3, 100)
      recorder.send(1, 300_000)
      recorder.send(3, 100)
      recorder.mustAccount()
      assert.equal(recorder.lost, 0)
    })

    test('many short records are read across the end of what is copied at once', () => {
      const recorder = new Recorder(engine, { size: 2 ** 20 })
      for (let bytes = 4; bytes < 60; bytes += 7) recorder.send(3000, bytes)
      recorder.mustAccount()
    })

    test('records that cross the end of the data are read in one piece', () => {
      for (let back = 8; back <= 128; back += 8) {
        const recorder = new Recorder(engine, { initialPosition: 4096 - back })
        recorder.send(3, 60)
        recorder.mustAccount()
        assert.equal(recorder.shown, 3)
      }
    })

    test('it stops at a busy record, and goes on behind it when that is committed', () => {
      const recorder = new Recorder(engine)
      recorder.send(60, 100)
      const busy = recorder.producer.reserve(100)
      recorder.read()
      const { next } = recorder
      assert.equal(next, 60)
      assert.equal(recorder.consumer.ready, false)
      assert.equal(recorder.consumer.wait({ timeoutMs: 0 }), 'timeout')
      recorder.rig.u8.set(numbered(recorder.sent++, 100), busy)
      recorder.send(10, 100)
      assert.equal(recorder.consumer.ready, false)
      assert.equal(recorder.producer.submit(busy), 0)
      assert.equal(recorder.consumer.ready, true)
      recorder.mustAccount()
      assert.equal(recorder.next, 71)
    })

    test('batches are read whole or not at all, and lost by the record', () => {
      const recorder = new Recorder(engine)
      const { producer } = recorder
      for (let round = 0; round < 50; round++) {
        const first = producer.reserveBatch(7, 50)
        for (let i = 0; i < 7; i++) {
          recorder.rig.u8.set(numbered(recorder.sent + i, 50), producer.batchAddress(first, i, 50))
        }
        if (round % 5 === 0) recorder.read()
        assert.equal(producer.submitBatch(first, 7, 50), 0)
        recorder.sent += 7
      }
      recorder.mustAccount()
    })

    test('discards between records, in front of them and behind them change nothing', () => {
      const random = new Random(SEED)
      const recorder = new Recorder(engine, { initialPosition: 2 ** 32 - 100_000 })
      for (let round = 0; round < 3000; round++) {
        if (random.oneIn(2)) recorder.discard(random.below(4), random.below(400))
        else recorder.send(random.below(4), 4 + random.below(400))
        if (random.oneIn(8)) recorder.read(random.below(6))
      }
      recorder.mustAccount()
    })

    test('another consumer goes on where one stood, closed or dead', () => {
      const random = new Random(SEED)
      const recorder = new Recorder(engine, { initialPosition: 2 ** 32 - 100_000 })
      for (let round = 0; round < 2000; round++) {
        recorder.send(random.below(20), 4 + random.below(200))
        if (random.oneIn(2)) recorder.discard(1, 20)
        if (random.oneIn(3)) recorder.read(random.below(30))
        if (random.oneIn(3)) recorder.takeOver()
      }
      recorder.mustAccount()
    })

    test('a callback that throws has consumed the record it threw at, and no other is lost', () => {
      const recorder = new Recorder(engine)
      recorder.send(10, 100)
      let seen = 0
      assert.throws(() => {
        recorder.consumer.consume(() => {
          if (++seen === 4) throw new Error('enough')
        })
      }, /enough/)
      recorder.next = recorder.shown = 4
      recorder.mustAccount()
    })

    test('a visit takes what was reserved when it began, however fast producers are', () => {
      const recorder = new Recorder(engine)
      recorder.send(20, 100)
      const count = recorder.consumer.consume(() => recorder.send(5, 100))
      assert.ok(count >= 20 && count < 300, `${count} records`)
    })

    test('iterating ends too, and each is asked for by itself', () => {
      const recorder = new Recorder(engine)
      recorder.send(20, 100)
      let [shown, lost] = [0, 0]
      for (const record of recorder.consumer) {
        if (record instanceof LostRecord) lost += record.count
        else assert.equal(numberOf(record), shown++ + lost)
        recorder.send(5, 100)
      }
      assert.ok(shown >= 4 && shown < 100, `${shown} records`)
    })

    test('for await gives all that is not lost, until the ring is closed', async () => {
      const recorder = new Recorder(engine)
      recorder.send(100, 100)
      const sending = setInterval(() => {
        recorder.send(60, 100)
        if (recorder.sent > 600) {
          clearInterval(sending)
          recorder.rig.ring.close()
        }
      }, 1)
      let [shown, lost] = [0, 0]
      for await (const record of recorder.consumer) {
        if (record instanceof LostRecord) lost += record.count
        else assert.equal(numberOf(record), shown++ + lost)
      }
      assert.equal(shown + lost, recorder.sent)
    })

    test('a consumer that is overtaken while NO_WAKEUP lets it sleep finds what is there when it wakes', async () => {
      const recorder = new Recorder(engine)
      const waiting = recorder.consumer.waitAsync({ strategy: 'park', timeoutMs: 20 })
      await new Promise((resolve) => setTimeout(resolve))
      for (let i = 0; i < 1000; i++) {
        recorder.producer.output(numbered(recorder.sent++, 60), BPF_RB_NO_WAKEUP)
      }
      assert.equal(await waiting, 'ready')
      recorder.mustAccount()
      assert.ok(recorder.lost > 900)
    })

    test('an overtaken consumer does not fall asleep', () => {
      const recorder = new Recorder(engine, { initialPosition: 1024 })
      for (let bytes = 56; bytes < 120; bytes += 8) {
        for (let i = 0; i < 200; i++) {
          recorder.producer.output(new Uint8Array(bytes).fill(0xff), BPF_RB_NO_WAKEUP)
        }
        assert.equal(recorder.consumer.wait({ timeoutMs: 10_000, strategy: 'park' }), 'ready')
        assert.ok(recorder.consumer.consume(() => {}) > 1)
      }
      assert.equal(recorder.rig.ring.counters().sleeps, 0)
    })
  })
}
