/** Observers: what is in a ring of any kind, without consuming it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_F_RB_OVERWRITE, createRing, openConsumer } from 'bpf-ringbuf'
import { BUILDS, type Build, ENGINES } from '../ring/support/builds.js'
import { pattern, Rig } from '../ring/support/rig.js'
import { Flood } from './support-records/flood.js'
import { interleave } from './support-records/interleave.js'
import { checkNote, numberOf } from './support-records/notes.js'
import { Recorder } from './support-records/recorder.js'

const KINDS: readonly (Build & { flags: number })[] = [
  ...BUILDS.map((build) => ({ ...build, flags: 0 })),
  ...ENGINES.map((engine) => ({
    name: `${engine}, overwriting`,
    engine,
    reservations: 'lock' as const,
    flags: BPF_F_RB_OVERWRITE,
  })),
]

for (const kind of KINDS) {
  describe(kind.name, () => {
    const make = (initialPosition = 0) => new Rig(kind, { flags: kind.flags, initialPosition })
    const texts = (rig: Rig, max?: number) =>
      rig.ring
        .snapshot(max === undefined ? {} : { max })
        .records.map(({ bytes }) => Buffer.from(bytes).toString())

    test('a ring with nothing in it', () => {
      for (const start of [0, 8, 2 ** 31, 2 ** 32 - 8]) {
        const rig = make(start)
        assert.deepEqual(rig.ring.snapshot(), { records: [], busy: 0, end: start })
        // What was consumed is gone, but in a ring that overwrites: there it stays until it is overwritten.
        if (kind.flags !== 0) continue
        rig.mustOutput('x')
        rig.texts()
        assert.deepEqual(rig.ring.snapshot(), { records: [], busy: 0, end: (start + 16) % 2 ** 32 })
      }
    })

    test('the records that were not consumed, with their positions, oldest first', () => {
      for (const start of [0, 2 ** 31 - 64, 2 ** 32 - 64]) {
        const rig = make(start)
        const at = (position: number) => (start + position) % 2 ** 32
        rig.mustOutput('gone')
        rig.texts()
        const payloads = [pattern(3, 1), pattern(0, 2), pattern(100, 3)]
        for (const payload of payloads) rig.mustOutput(payload)
        const { records, busy, end } = rig.ring.snapshot()
        const kept =
          kind.flags === 0 ? [] : [{ position: start, bytes: Uint8Array.from(Buffer.from('gone')) }]
        assert.deepEqual(records, [
          ...kept,
          { position: at(16), bytes: payloads[0] },
          { position: at(32), bytes: payloads[1] },
          { position: at(40), bytes: payloads[2] },
        ])
        assert.deepEqual([busy, end], [0, at(152)])
      }
    })

    test('discarded records are left out; busy ones too, and are counted', () => {
      const rig = make()
      rig.mustOutput('a')
      rig.mustDiscard(rig.mustReserve(50))
      const busy = rig.mustReserve(50)
      rig.mustOutput('b')
      rig.mustReserve(0)
      rig.mustOutput('c')
      assert.deepEqual(texts(rig), ['a', 'b', 'c'])
      assert.equal(rig.ring.snapshot().busy, 2)
      rig.mustSubmit(busy)
      assert.equal(rig.ring.snapshot().busy, 1)
      assert.equal(texts(rig).length, 4)
    })

    test('max: the newest', () => {
      const rig = make()
      for (let i = 0; i < 10; i++) rig.mustOutput(`${i}`)
      assert.deepEqual(texts(rig, 3), ['7', '8', '9'])
      assert.deepEqual(texts(rig, 10).length, 10)
      assert.deepEqual(texts(rig, 11).length, 10)
      assert.deepEqual(texts(rig, 0), [])
    })

    test('it changes nothing, not a byte', () => {
      const rig = make(4096 - 40)
      for (let i = 0; i < 10; i++) rig.mustOutput(pattern(30, i))
      rig.mustReserve(9)
      rig.mustChangeNothing(() => {
        rig.ring.snapshot()
        rig.ring.snapshot({ max: 2 })
      })
    })

    test('what it gives is of its own', () => {
      const rig = make()
      rig.mustOutput('mine')
      const [record] = rig.ring.snapshot().records
      rig.texts()
      for (let i = 0; i < 600; i++) rig.producer.output(new Uint8Array(0))
      assert.ok(record && !(record.bytes.buffer instanceof SharedArrayBuffer))
      assert.equal(Buffer.from(record.bytes).toString(), 'mine')
    })

    test('it needs no consumer, and goes on after the ring is closed', () => {
      const rig = make()
      rig.mustOutput('x')
      rig.ring.close()
      assert.deepEqual(texts(rig), ['x'])
      assert.equal(rig.ring.snapshot().end, 16)
    })

    test('records that cross the end of the data are in one piece', () => {
      for (let back = 8; back <= 128; back += 8) {
        const rig = make(4096 - back)
        const payloads = [pattern(60, 1), pattern(60, 2), pattern(60, 3)]
        for (const payload of payloads) rig.mustOutput(payload)
        assert.deepEqual(
          rig.ring.snapshot().records.map(({ bytes }) => bytes),
          payloads,
        )
      }
    })

    test('a full ring, and the longest record', () => {
      const rig = make(2048)
      rig.mustOutput(pattern(4080, 1))
      assert.deepEqual(rig.ring.snapshot().records[0]?.bytes, pattern(4080, 1))
      const other = make(2048)
      for (let i = 0; i < 511; i++) other.mustOutput('')
      assert.equal(other.ring.snapshot().records.length, 511)
    })

    test('from another thread, while producers write and a consumer reads: whole, and in a row', async () => {
      const { engine, reservations, flags } = kind
      const ring = createRing({ size: 4096, engine, reservations, flags, initialPosition: 2 ** 32 - 2 ** 16 })
      const options = {
        sizes: [16, 200],
        discardOneIn: 5,
        batch: 3,
        full: flags === 0 ? 'wait' : 'drop',
      } as const
      const floods = await Promise.all([0, 1].map((id) => Flood.start(ring, engine, { ...options, id })))
      using consumer = openConsumer(ring)
      let records = 0
      for (let look = 0; look < 1500; look++) {
        const next = new Map<number, number>()
        const snapshot = ring.snapshot()
        let position: number | undefined
        for (const record of snapshot.records) {
          const { producer, number } = checkNote(record.bytes, 0, record.bytes.length)
          const expected = next.get(producer)
          // Who drops leaves out numbers.
          if (expected !== undefined) assert.ok(flags === 0 ? number === expected : number >= expected)
          next.set(producer, number + 1)
          assert.ok(position === undefined || ((record.position - position) | 0) > 0)
          assert.ok(((snapshot.end - record.position) | 0) > 0, 'a record behind the end of the snapshot')
          position = record.position
        }
        records += snapshot.records.length
        if (look % 3 === 0) consumer.consumeRaw(() => {}, { max: look % 50 })
      }
      for (const flood of floods) flood.tellToStop()
      ring.close()
      for (const flood of floods) await flood.report()
      assert.ok(records > 1000, `${records} records`)
    })
  })
}

describe('a producer commits while an observer looks', () => {
  test('at any moment: nothing newer is left out for that', () => {
    for (let moment = 0; ; moment++) {
      const recorder = new Recorder('js')
      recorder.send(3, 20)
      const busy = recorder.producer.reserve(20)
      recorder.producer.output(Uint8Array.of(7))
      let numbers: number[] = []
      const commit = (operation: number) => {
        if (operation === moment) recorder.producer.discard(busy)
      }
      const operations = interleave({ at: commit }, () => {
        numbers = recorder.rig.ring
          .snapshot()
          .records.map(({ bytes }) => (bytes.length === 1 ? 7 : numberOf(bytes)))
      })
      if (moment >= operations) break
      assert.deepEqual(numbers, [0, 1, 2, 7], `in front of operation ${moment}`)
    }
  })

  test('and then sends more: what is behind the end is not shown', () => {
    for (let moment = 0; ; moment++) {
      const recorder = new Recorder('js')
      recorder.send(3, 20)
      const busy = recorder.producer.reserve(20)
      recorder.producer.output(Uint8Array.of(7))
      let seen: readonly { position: number }[] = []
      let end = 0
      const act = (operation: number) => {
        if (operation !== moment) return
        recorder.producer.submit(busy)
        for (let i = 0; i < 5; i++) recorder.producer.output(Uint8Array.of(8))
      }
      const operations = interleave({ at: act }, () => {
        const snapshot = recorder.rig.ring.snapshot()
        seen = snapshot.records
        end = snapshot.end
      })
      if (moment >= operations) break
      assert.ok(
        seen.every(({ position }) => position < end),
        `in front of operation ${moment}: ${seen.map(({ position }) => position)}, end ${end}`,
      )
    }
  })
})
