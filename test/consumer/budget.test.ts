/** How much one visit takes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Budget, type ConsumeOptions, STOP } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

for (const build of BUILDS) {
  describe(build.name, () => {
    const full = (records: number, bytes = 8): Rig => {
      const rig = new Rig(build)
      for (let i = 0; i < records; i++) rig.mustOutput(new Uint8Array(bytes))
      return rig
    }
    const taken = (rig: Rig, options: ConsumeOptions): number => {
      let shown = 0
      const answer = rig.consumer.consumeRaw(() => shown++, options)
      assert.equal(answer, shown)
      return answer
    }

    test('max: so many records, 0 included', () => {
      const rig = full(10)
      assert.deepEqual(
        [0, 1, 3, 100].map((max) => taken(rig, { max })),
        [0, 1, 3, 6],
      )
    })

    test('max: discarded records are not among them', () => {
      const rig = new Rig(build)
      for (let i = 0; i < 20; i++) rig.mustDiscard(rig.mustReserve(8))
      rig.mustOutput('x')
      for (let i = 0; i < 20; i++) rig.mustDiscard(rig.mustReserve(8))
      rig.mustOutput('y')
      assert.deepEqual(rig.texts(1), ['x'])
      assert.deepEqual(rig.texts(1), ['y'])
    })

    test('maxBytes: it stops before the payload that would exceed them', () => {
      const rig = full(10, 100)
      assert.deepEqual(
        [250, 200, 199, 0].map((maxBytes) => taken(rig, { maxBytes })),
        [2, 2, 1, 1],
      )
      assert.equal(taken(rig, { maxBytes: Number.POSITIVE_INFINITY }), 4)
    })

    test('maxBytes: the record that it stops before is the first of the next visit', () => {
      const rig = new Rig(build)
      for (const text of ['aaaa', 'bb', 'cccccc', 'd']) rig.mustOutput(text)
      const seen: string[][] = []
      for (let i = 0; i < 3; i++) {
        const visit: string[] = []
        rig.consumer.consume((record) => visit.push(Buffer.from(record).toString()), { maxBytes: 6 })
        seen.push(visit)
      }
      assert.deepEqual(seen, [['aaaa', 'bb'], ['cccccc'], ['d']])
    })

    test('maxMs: it stops after the record at which the time is over', () => {
      const rig = full(50)
      const slow = () => {
        const end = performance.now() + 2
        while (performance.now() < end);
      }
      const count = rig.consumer.consumeRaw(slow, { maxMs: 9 })
      assert.ok(count >= 1 && count <= 6, `${count} records of 2 ms each in 9 ms`)
      assert.equal(rig.consumer.consumeRaw(slow, { maxMs: 0 }), 1)
      assert.equal(taken(rig, { maxMs: Number.POSITIVE_INFINITY }), 50 - 1 - count)
    })

    test('together: whichever comes first', () => {
      const rig = full(20, 10)
      assert.equal(taken(rig, { max: 3, maxBytes: 1000, maxMs: 1000 }), 3)
      assert.equal(taken(rig, { max: 30, maxBytes: 40, maxMs: 1000 }), 4)
      assert.equal(taken(rig, { max: 30, maxBytes: 1000, maxMs: 0 }), 1)
    })

    test('with each way to store the position the budget is the same', () => {
      for (const store of ['record', 'batch'] as const) {
        const rig = full(10, 10)
        assert.equal(taken(rig, { max: 2, store }), 2)
        assert.equal(taken(rig, { maxBytes: 30, store }), 3)
        assert.equal(taken(rig, { store }), 5)
      }
    })

    test('without one it takes what was reserved when it began, whatever comes meanwhile', () => {
      for (const store of ['record', 'batch'] as const) {
        const rig = full(10)
        let shown = 0
        // For every record that is taken one more is sent: this would never end.
        const count = rig.consumer.consumeRaw(
          () => {
            shown++
            if (shown < 5000) rig.mustOutput(new Uint8Array(8))
          },
          { store },
        )
        assert.ok(count >= 10 && count <= 300, `${count} records`)
        if (store === 'record') assert.equal(count, 10)
      }
    })

    test('with one that has no limit it goes on until the ring is empty', () => {
      const rig = full(10)
      let shown = 0
      const count = rig.consumer.consumeRaw(
        () => {
          if (++shown < 5000) rig.mustOutput(new Uint8Array(8))
        },
        { max: Number.POSITIVE_INFINITY },
      )
      assert.equal(count, 5009)
    })

    test('what was reserved when it began and is committed meanwhile is taken too', () => {
      const rig = new Rig(build)
      rig.mustOutput('first')
      const busy = rig.mustReserveText('busy')
      const seen: string[] = []
      rig.consumer.consume((record) => {
        if (seen.push(Buffer.from(record).toString()) === 1) rig.mustSubmit(busy)
      })
      assert.deepEqual(seen, ['first', 'busy'])
    })

    test('STOP ends a visit behind the record it was answered for', () => {
      const rig = full(10)
      for (const way of ['consume', 'consumeRaw'] as const) {
        let shown = 0
        assert.equal(
          rig.consumer[way](() => (++shown === 3 ? STOP : undefined)),
          3,
        )
      }
      assert.equal(rig.consumer.position, 6 * 16)
      assert.equal(taken(rig, {}), 4)
    })

    test('any other answer means nothing', () => {
      const rig = full(5)
      const answers: unknown[] = [false, -1, Symbol('stop consuming'), null, new Error('no')]
      assert.equal(
        rig.consumer.consume(() => answers.pop()),
        5,
      )
    })

    test('a budget that is none is an error, and nothing is consumed', () => {
      const rig = full(1)
      const wrong: Budget[] = [
        { max: -1 },
        { max: 1.5 },
        { max: Number.NaN },
        { maxBytes: -1 },
        { maxBytes: Number.NaN },
        { maxMs: -1 },
        { maxMs: Number.NaN },
      ]
      for (const budget of wrong) assert.throws(() => taken(rig, budget), { code: 'ERR_INVALID_ARGUMENT' })
      assert.equal(taken(rig, {}), 1)
    })

    test('iterating gives what was reserved when it began, one at a time', () => {
      const rig = full(10)
      let shown = 0
      for (const record of rig.consumer) {
        assert.equal(record.length, 8)
        assert.equal(rig.consumer.position, ++shown * 16)
        if (shown < 5000) rig.mustOutput(new Uint8Array(8))
      }
      assert.equal(shown, 10)
    })

    test('iterating that is left early has consumed what it gave, and no more', () => {
      const rig = full(5)
      for (const _record of rig.consumer) break
      assert.equal([...rig.consumer].length, 4)
    })

    test('iterating passes over discarded records, and stops at a busy one', () => {
      const rig = new Rig(build)
      rig.mustDiscard(rig.mustReserve(8))
      rig.mustOutput('x')
      rig.mustDiscard(rig.mustReserve(8))
      const busy = rig.mustReserve(1)
      rig.mustOutput('y')
      assert.equal([...rig.consumer].length, 1)
      rig.mustSubmit(busy)
      assert.equal([...rig.consumer].length, 2)
    })
  })
}
