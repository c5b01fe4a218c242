/**
 * Shared memory may be written by anybody. Whatever the words of a ring in overwrite mode say, nobody reads
 * or writes outside of it, crashes, or loops for ever; what is found to be wrong is ERR_CORRUPTED.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_F_RB_OVERWRITE } from 'bpf-ringbuf'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  OVERWRITE_POSITION,
  OVERWRITING,
  PRODUCER_POSITION,
} from '#dist/abi/region.js'
import { CopyingReader } from '#dist/ring/copying-reader.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { ENGINES } from '../ring/support/builds.js'
import { mustAnswer } from '../ring/support/guard.js'
import { EFFORT, SEED } from '../ring/support/random.js'
import { Rig } from '../ring/support/rig.js'
import type { DamageData, DamageReport } from './support-records/damage.js'

const CORRUPTED = { code: 'ERR_CORRUPTED' }

for (const engine of ENGINES) {
  describe(engine, () => {
    const make = (size = 4096) =>
      new Rig({ name: engine, engine, reservations: 'lock' }, { flags: BPF_F_RB_OVERWRITE, size })
    const mustBeQuick = (act: () => unknown, what: string) => {
      const started = performance.now()
      act()
      const took = performance.now() - started
      assert.ok(took < 250, `${what} took ${took} ms`)
    }

    test('any words damaged, and then anything done: nothing runs wild', async () => {
      const trace = new Uint8Array(new SharedArrayBuffer(2048))
      const workerData: DamageData = { damage: true, engine, seed: SEED, cases: 800 * EFFORT, trace }
      const url = new URL('./support-records/damage.js', import.meta.url)
      const report = await mustAnswer<DamageReport>(url, workerData, 30_000 * EFFORT).catch(() => {
        throw new Error(`it does not end: ${Buffer.from(trace).toString().replaceAll('\0', '')}`)
      })
      assert.deepEqual(report.wrong, [])
      assert.deepEqual(report.slow, [])
      assert.ok(report.found > 10, `damage was found ${report.found} times`)
    })

    test('a position that is damaged while a consumer is opened is damage: no header is read there', () => {
      const rig = make()
      rig.setWord(CONSUMER_POSITION, 4)
      assert.throws(() => CopyingReader.consumer(attachmentOf(rig.ring)), CORRUPTED)
    })

    test('a length that passes what is reserved is damage, and found at once', () => {
      for (const [size, bytes] of [
        [4096, 100],
        [2 ** 24, 2 ** 20],
      ] as const) {
        const rig = make(size)
        const address = rig.mustReserve(8)
        rig.mustSubmit(address)
        for (let i = 0; i < 10; i++) rig.mustSubmit(rig.mustReserve(bytes))
        rig.setWord(DATA_OFFSET, 0x3fff_ffff)
        mustBeQuick(() => {
          assert.throws(() => rig.consumer.consume(() => {}), CORRUPTED)
        }, `a look at a ring of ${size} bytes`)
      }
    })

    test('what stands in front of the damage is shown first', () => {
      const rig = make()
      for (let i = 0; i < 3; i++) rig.mustOutput(`${i}`)
      const at = rig.producerPosition
      for (let i = 0; i < 3; i++) rig.mustOutput('behind')
      rig.setWord(DATA_OFFSET + at, 0x1000)
      const seen: string[] = []
      const look = () => rig.consumer.consume((record) => seen.push(Buffer.from(record).toString()))
      assert.throws(() => {
        look()
        look()
      }, CORRUPTED)
      assert.deepEqual(seen, ['0', '1', '2'])
    })

    test('a consumer position in front of the producer position is damage', () => {
      const rig = make()
      rig.mustOutput('x')
      rig.setWord(CONSUMER_POSITION, 4096)
      assert.throws(() => rig.consumer.consume(() => {}), CORRUPTED)
    })

    test('a producer position far ahead is damage', () => {
      const rig = make()
      rig.mustOutput('x')
      rig.setWord(PRODUCER_POSITION, 4096 + 64)
      assert.throws(() => rig.consumer.consume(() => {}), CORRUPTED)
    })

    test('a position where no header can stand is damage, for whoever looks', () => {
      const rig = make()
      for (let i = 0; i < 100; i++) rig.mustOutput(new Uint8Array(100))
      rig.setWord(OVERWRITE_POSITION, 0x2801)
      rig.setWord(OVERWRITING, 0x2801)
      assert.throws(() => rig.consumer.ready || rig.consumer.consume(() => {}), CORRUPTED)
      assert.throws(() => rig.ring.snapshot(), CORRUPTED)
    })

    test('an overwrite position that is wrong does not keep a producer in the lock', () => {
      for (const wrong of [8, 4096, 8192, 2 ** 20, 2 ** 31, 2 ** 32 - 4096, 12, 0xffff_ffff]) {
        for (const records of [0, 100]) {
          const rig = make()
          for (let i = 0; i < records; i++) rig.mustOutput(new Uint8Array(100))
          rig.setWord(OVERWRITE_POSITION, (rig.producerPosition + wrong) >>> 0)
          mustBeQuick(() => rig.producer.reserve(100), `a reservation, ${wrong} ahead, ${records} records`)
        }
      }
    })

    test('a producer that died while it overwrote leaves readers with nothing, not with an endless look', () => {
      const rig = make()
      for (let i = 0; i < 100; i++) rig.mustOutput('x')
      rig.setWord(OVERWRITING, 12_344)
      mustBeQuick(() => rig.consumer.consume(() => {}), 'consume')
      mustBeQuick(() => rig.ring.snapshot(), 'snapshot')
      mustBeQuick(() => rig.ring.inspect(), 'inspect')
      mustBeQuick(() => rig.consumer.wait({ timeoutMs: 0 }), 'wait')
    })
  })
}
