/** What a ring looks like from outside: snapshots and inspections, which change nothing. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_F_RB_OVERWRITE, createRing, openConsumer, openProducer } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString()

for (const build of BUILDS) {
  for (const initialPosition of [0, 2 ** 31 - 32, 2 ** 32 - 32]) {
    describe(`${build.name}, from ${initialPosition}`, () => {
      const make = () => {
        const rig = new Rig(build, { name: 'seen', owners: true, initialPosition })
        rig.mustOutput('first')
        rig.mustDiscard(rig.mustReserve(4))
        const held = rig.mustReserveText('held')
        rig.mustOutput('last, of more bytes')
        return { rig, held }
      }

      test('a snapshot has what is committed, oldest first, also behind what is busy', () => {
        const { rig, held } = make()
        const seen = () => rig.ring.snapshot().records.map(({ bytes }) => textOf(bytes))
        assert.deepEqual(seen(), ['first', 'last, of more bytes'])
        assert.equal(rig.ring.snapshot().busy, 1)
        rig.mustSubmit(held)
        assert.deepEqual(seen(), ['first', 'held', 'last, of more bytes'])
        assert.deepEqual(
          rig.ring.snapshot({ max: 2 }).records.map(({ bytes }) => textOf(bytes)),
          ['held', 'last, of more bytes'],
        )
        assert.equal(rig.ring.snapshot().end, rig.producerPosition)
        assert.equal(rig.ring.snapshot().records[0]?.position, initialPosition)
        rig.texts(1)
        assert.deepEqual(seen(), ['held', 'last, of more bytes'])
      })

      test('an inspection has every record with its state', () => {
        const { rig } = make()
        const { records, positions, availableBytes } = rig.ring.inspect()
        assert.deepEqual(
          records.map(({ state, length, owner }) => [state, length, owner]),
          [
            ['submitted', 5, 1],
            ['discarded', 4, 1],
            ['busy', 4, 1],
            ['submitted', 19, 1],
          ],
        )
        assert.equal(records[0]?.position, initialPosition)
        assert.equal(records[1]?.offset, (initialPosition + 16) % 4096)
        assert.equal(textOf(records[3]?.payload as Uint8Array), 'last, of more bytes')
        assert.equal(positions.producer, rig.producerPosition)
        assert.equal(availableBytes, 16 + 16 + 16 + 32)
      })

      test('looking changes nothing', () => {
        const { rig } = make()
        // But the word that readers store to for the order that it gives, which says nothing.
        rig.ring.snapshot()
        rig.mustChangeNothing(() => {
          rig.ring.snapshot()
          rig.ring.inspect().toString()
        })
      })
    })
  }
}

test('an age lies between two looks', async () => {
  const ring = createRing({ size: 4096 })
  const producer = openProducer(ring)
  await new Promise((resolve) => setTimeout(resolve, 20))
  producer.output(new Uint8Array(8))
  const [young] = ring.inspect().records
  assert.ok(young && young.age.atLeastMs < 15 && (young.age.atMostMs as number) >= 19, JSON.stringify(young))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const [old] = ring.inspect().records
  assert.ok(old && old.age.atLeastMs >= 19 && (old.age.atMostMs as number) >= 39, JSON.stringify(old))
})

test('for people it is lines with a hexadecimal dump, for programs plain data', () => {
  const ring = createRing({ size: 4096, name: 'seen', lostRecords: true })
  const producer = openProducer(ring)
  const consumer = openConsumer(ring)
  producer.outputText('thirty bytes of readable text\n')
  const text = ring.inspect({ bytes: 16 }).toString()
  assert.match(text, /^ring "seen" {2}4 KiB, reservations by claim\n/)
  assert.match(text, /\n {2}0 \(offset 0\) {2}submitted, 30 bytes, 0\.\d to \d+\.\d ms old\n/)
  assert.match(text, /\n {4}0000 {2}74 68 69 72 74 79 20 62 79 74 65 73 20 6f 66 20 {2}thirty bytes of \n/)
  assert.match(text, /\n {4}\.\.\. 14 bytes more$/)
  const data = JSON.parse(JSON.stringify(ring.inspect({ bytes: 6 })))
  assert.equal(data.name, 'seen')
  assert.equal(data.records[0].payload, '746869727479')
  assert.equal(data.counters.submitted, 1)
  assert.equal(data.consumer, 'awake')
  consumer.close()
  assert.equal(ring.inspect().consumer, 'none')
})

test('states that are rare: lost, unwritten, damaged', () => {
  const rig = new Rig({ name: '', engine: 'wasm', reservations: 'claim' }, { lostRecords: true })
  rig.fill(1000)
  rig.texts()
  rig.mustOutput('x')
  assert.deepEqual(
    rig.ring.inspect().records.map(({ state }) => state),
    ['lost', 'submitted'],
  )
  const producer = 8192
  rig.setWord(producer, rig.producerPosition + 64)
  assert.equal(rig.ring.inspect().records.at(-1)?.state, 'unwritten')
  assert.equal(rig.ring.inspect().records.at(-1)?.length, undefined)
  rig.setWord(12288 + (rig.consumerPosition % 4096), 0x4000_0fff)
  assert.equal(rig.ring.inspect().records[0]?.state, 'damaged')
  assert.ok(rig.ring.inspect().toString().includes('damaged'))
})

test('at most max records are shown, and it says that there are more', () => {
  const ring = createRing({ size: 4096 })
  const producer = openProducer(ring)
  for (let i = 0; i < 5; i++) producer.output(new Uint8Array(1))
  const some = ring.inspect({ max: 3 })
  assert.deepEqual([some.records.length, some.truncated], [3, true])
  assert.match(some.toString(), /records {4}3, and more/)
  assert.deepEqual([ring.inspect().records.length, ring.inspect().truncated], [5, false])
})

test('a flight recorder keeps the newest', () => {
  const ring = createRing({ size: 4096, flags: BPF_F_RB_OVERWRITE })
  const producer = openProducer(ring)
  for (let i = 0; i < 10_000; i++) producer.outputText(`${i}`)
  const { records } = ring.snapshot()
  assert.equal(textOf(records.at(-1)?.bytes as Uint8Array), '9999')
  assert.equal(textOf(records[0]?.bytes as Uint8Array), `${10_000 - records.length}`)
  assert.equal(records.length, 255)
  assert.equal(ring.counters().overwritten, 10_000 - 255)
  const { overwrites, positions } = ring.inspect()
  assert.equal(overwrites, true)
  assert.equal(positions.overwrite, records[0]?.position)
})
