/** A reader that stood still while producers went round the ring, and round all positions. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_AVAIL_DATA, BPF_RB_NO_WAKEUP, LostRecord } from 'bpf-ringbuf'
import { CONSUMER_ROUNDS, OVERWRITE_ROUNDS, OVERWRITTEN_COUNT } from '#dist/abi/region.js'
import { ENGINES } from '../ring/support/builds.js'
import { Recorder } from './support-records/recorder.js'

for (const engine of ENGINES) {
  describe(engine, () => {
    /** Sends so many bytes in records of 2048, headers included, in which nothing is written. */
    const circle = (recorder: Recorder, bytes: number): void => {
      const { producer } = recorder
      for (let left = bytes; left > 0; left -= 2048) {
        producer.submit(producer.reserve(2040), BPF_RB_NO_WAKEUP)
        recorder.sent++
      }
    }

    for (const short of [-8192, -4096, -8, 0, 8, 4096, 8192]) {
      test(`2^32 bytes and ${short}: what is lost is counted, and what is there is shown`, () => {
        const recorder = new Recorder(engine, { initialPosition: 4096 })
        recorder.send(3, 56)
        recorder.read()
        circle(recorder, 2 ** 32 - 32_768)
        // The last ones are numbered.
        let left = 32_768 + short
        for (; left >= 128; left -= 64) recorder.send(1, 56)
        recorder.send(1, left - 8)
        assert.equal(recorder.rig.producerPosition, (4096 + 3 * 64 + short + 2 ** 32) % 2 ** 32)
        recorder.mustAccount()
        assert.ok(recorder.lost > 2 ** 21 - 20, `${recorder.lost} lost`)
        assert.ok(recorder.shown > 40)
      })
    }

    test('rounds of positions, by hand: it knows that it was overtaken, and how far', () => {
      for (const rounds of [1, 2, 1000]) {
        const recorder = new Recorder(engine, { initialPosition: 512 })
        recorder.send(50, 100)
        recorder.read()
        const { next } = recorder
        // As if exactly so many times 2^32 bytes had gone by, in records of 112 bytes each.
        const records = 38_347_922 * rounds
        const { rig } = recorder
        rig.setWord(OVERWRITE_ROUNDS, rounds)
        const overwritten = rig.ring.counters().overwritten + records
        rig.setWord(OVERWRITTEN_COUNT, overwritten % 2 ** 32)
        rig.setWord(OVERWRITTEN_COUNT + 4, Math.floor(overwritten / 2 ** 32))
        assert.equal(recorder.consumer.ready, true)
        assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 36 * 112)
        assert.equal(recorder.consumer.wait({ timeoutMs: 0 }), 'ready')
        let shown = 0
        let gap = 0
        const look = (record: unknown) => {
          if (record instanceof LostRecord) gap += record.count
          else shown++
        }
        while (recorder.consumer.consume(look) > 0);
        assert.equal(shown, 36)
        assert.equal(gap, overwritten - next)
        assert.equal(recorder.consumer.ready, false)
        assert.equal(rig.word(CONSUMER_ROUNDS), rounds)
      }
    })

    test('a consumer that takes over knows the rounds', () => {
      const recorder = new Recorder(engine, { initialPosition: 2 ** 32 - 4096 })
      recorder.send(300, 100)
      recorder.read(40)
      recorder.takeOver()
      assert.equal(recorder.rig.word(CONSUMER_ROUNDS), 1)
      recorder.send(10, 100)
      recorder.mustAccount()
    })

    test('a consumer that died between its two words is taken over from all the same', () => {
      const recorder = new Recorder(engine, { initialPosition: 2 ** 32 - 64 })
      recorder.send(1, 16)
      recorder.read()
      // It has crossed 2^32 next, and stored the first of the two.
      recorder.rig.setWord(CONSUMER_ROUNDS, 1)
      recorder.takeOver()
      recorder.send(300, 100)
      recorder.mustAccount()
      assert.ok(recorder.lost > 200)
    })

    test('two rounds and more, with somebody who looks on now and then', () => {
      const recorder = new Recorder(engine)
      for (let i = 0; i < 5; i++) {
        circle(recorder, 2 ** 31 + 2048 * 7)
        recorder.consumer.consume((record) => {
          if (record instanceof Uint8Array) recorder.shown++
          else recorder.lost += record.count
        })
      }
      assert.equal(recorder.shown + recorder.lost, recorder.sent)
      assert.equal(recorder.shown, 5)
      const { overwritten } = recorder.rig.mustBalance()
      assert.equal(overwritten, recorder.sent - 1)
    })
  })
}
