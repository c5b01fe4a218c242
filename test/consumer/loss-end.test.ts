/** What was dropped behind the last record: nobody comes after it to say so. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LostRecord, openConsumer, openPoller } from 'bpf-ringbuf'
import { LOSS_FLAG } from '#dist/abi/region.js'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'

for (const build of BUILDS) {
  for (const lostRecords of [false, true]) {
    describe(`${build.name}${lostRecords ? ', lostRecords' : ''}`, () => {
      /** A ring with one record in it; three behind it were dropped, and it was closed. */
      const ended = (): Rig => {
        const rig = new Rig(build, { lostRecords })
        rig.mustOutput(new Uint8Array(4000))
        for (let i = 0; i < 3; i++) assert.equal(rig.producer.reserve(100), 0)
        rig.ring.close()
        return rig
      }

      test('the last losses are shown before the iteration ends', async () => {
        const rig = ended()
        const seen: unknown[] = []
        for await (const record of openConsumer(rig.ring, { showLost: true })) {
          seen.push(record instanceof LostRecord ? record.count : 'record')
        }
        assert.deepEqual(seen.sort(), [3, 'record'])
      })

      test('onLost is called before the iteration ends', async () => {
        const rig = ended()
        let told = 0
        const consumer = openConsumer(rig.ring, { onLost: ({ count }) => (told += count) })
        for await (const record of consumer) assert.equal(record.length, 4000)
        assert.equal(told, 3)
      })

      test('a visit to the closed ring tells of them', () => {
        const rig = ended()
        const seen: unknown[] = []
        const consumer = openConsumer(rig.ring, { showLost: true })
        while (
          consumer.consume((record) => seen.push(record instanceof LostRecord ? record.count : 'r')) > 0
        );
        assert.deepEqual(seen.sort(), [3, 'r'])
      })

      test('a wait says closed when nothing is left to be told or shown, and only then', async () => {
        const rig = ended()
        let told = 0
        const consumer = openConsumer(rig.ring, { onLost: ({ count }) => (told += count) })
        let rounds = 0
        while (consumer.wait({ timeoutMs: 1000 }) !== 'closed') {
          assert.ok(++rounds < 10, 'it does not end')
          consumer.consumeRaw(() => {})
        }
        // The loop that everybody writes: what it has not been told by now it never is.
        assert.equal(told, 3)
      })

      test('a poller tells of them before it is finished', async () => {
        const rig = ended()
        let [told, seen] = [0, 0]
        using poller = openPoller()
        poller.add(rig.ring, () => seen++, { onLost: ({ count }) => (told += count) })
        assert.equal(await poller.run(), 0)
        assert.deepEqual([seen, told], [1, 3])
      })

      test('losses whose news died with another consumer end with the others', async () => {
        const rig = ended()
        openConsumer(rig.ring)
        // It had taken the news, and told nobody.
        rig.setWord(LOSS_FLAG, 0)
        let told = 0
        const consumer = openConsumer(rig.ring, { takeOver: true, onLost: ({ count }) => (told += count) })
        let records = 0
        const reading = async () => {
          for await (const _record of consumer) records++
          return 'ended'
        }
        let timer: NodeJS.Timeout | undefined
        const late = new Promise((resolve) => {
          timer = setTimeout(() => {
            resolve('it does not end')
            consumer.close()
          }, 1000)
        })
        const all = reading().catch(() => 'closed')
        assert.equal(await Promise.race([all, late]), 'ended')
        clearTimeout(timer)
        assert.deepEqual([records, told], [1, 3])
      })
    })
  }
}
