/** A ring whose consumer changes: every one goes on where the last one stood, and is woken as the last one was. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, openPoller, RingEpoll } from 'bpf-ringbuf'
import { SLEEP_ASLEEP } from '#dist/abi/region.js'
import { BUILDS, ENGINES } from '../ring/support/builds.js'
import { EFFORT, SEED } from '../ring/support/random.js'
import { Rig } from '../ring/support/rig.js'
import { ASYNC_WAYS } from './support/async-ways.js'
import { ASLEEP_MS, mustEnd, mustGoOn, pause } from './support/ends.js'
import { RelayThread, RUNNING_WAYS } from './support/relay.js'

async function untilAsleep(rig: Rig): Promise<void> {
  for (let looks = 0; rig.sleepWord !== SLEEP_ASLEEP; looks++) {
    assert.ok(looks < 5000, 'it did not fall asleep')
    await pause(1)
  }
  // It has said so, and now does it.
  await pause(ASLEEP_MS)
}

const [build] = BUILDS as [(typeof BUILDS)[number]]

for (const { name, ...order } of BUILDS) {
  describe(name, () => {
    for (const [kind, mostMs] of [
      ['waits that only a wake-up ends', 10_000],
      ['waits whose time is over all the time', 1],
    ] as const) {
      test(`three threads hand the consumer around, in every way to wait: ${kind}`, async () => {
        const { ring } = new Rig({ name, ...order })
        const next = new Int32Array(new SharedArrayBuffer(4))
        const records = 3000 * EFFORT
        const runners = [1, 2, 3].map(
          (id) =>
            new RelayThread('run', ring, next, {
              engine: order.engine,
              seed: SEED + id,
              records: 12,
              mostMs,
            }),
        )
        const sender = new RelayThread('send', ring, next, {
          engine: order.engine,
          seed: SEED,
          records,
          mostMs: 0,
        })
        await sender.report()
        const reports = await Promise.all(runners.map((runner) => runner.report()))
        const seen = reports.reduce((total, report) => total + report.seen, 0)
        assert.equal(seen, records, `seed ${SEED}`)
        assert.equal(next[0], records)
        const turns = reports.reduce((total, report) => total + report.turns, 0)
        assert.ok(turns > records / 50, `${turns} turns`)
      })
    }
  })
}

for (const engine of ENGINES) {
  describe(`${engine}: a thread that died asleep`, () => {
    for (const dead of RUNNING_WAYS) {
      test(`in ${dead}: whoever takes over is woken, in every way`, async () => {
        for (const [way, open] of Object.entries(ASYNC_WAYS)) {
          const rig = new Rig({ name: engine, engine, reservations: 'claim' })
          const next = new Int32Array(new SharedArrayBuffer(4))
          const thread = new RelayThread('wait', rig.ring, next, {
            engine,
            seed: 1,
            records: 1,
            mostMs: 60_000,
            way: dead,
          })
          await untilAsleep(rig)
          await thread.kill()
          openConsumer(rig.ring, { takeOver: true }).close()
          using heir = open(rig.ring, 'park')
          const waiting = heir.wait()
          await mustGoOn(waiting)
          rig.mustOutput('x')
          await mustEnd(waiting, `${way}, after ${dead}`)
          assert.equal(heir.take(), 1)
        }
      })
    }
  })
}

test('a consumer that is closed while it is in an epoll leaves it, and the next one is woken', async () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll({ strategy: 'park' })
  const first = openConsumer(rig.ring)
  epoll.add(first)
  epoll.poll()
  first.close()
  for (const [, open] of Object.entries(ASYNC_WAYS)) {
    using next = open(rig.ring, 'park')
    const waiting = next.wait()
    await mustGoOn(waiting)
    // The epoll of the one that was closed has no part in this ring any more.
    assert.deepEqual(epoll.poll(), [])
    rig.mustOutput('x')
    await mustEnd(waiting)
    assert.deepEqual(epoll.poll(), [])
    assert.equal(next.take(), 1)
  }
})

test('a consumer of a poller that is closed by hand leaves it, and the other rings go on', async () => {
  const rigs = [new Rig(build), new Rig(build)] as const
  using poller = openPoller({ strategy: 'park' })
  const seen: number[] = []
  for (const [i, rig] of rigs.entries()) poller.add(rig.ring, () => seen.push(i))
  poller.ring(0).consumer.close()
  using next = openConsumer(rigs[0].ring, { strategy: 'park' })
  const waiting = next.waitAsync()
  const polling = poller.pollAsync()
  await pause(ASLEEP_MS)
  for (const rig of rigs) rig.mustOutput('x')
  assert.equal(await mustEnd(polling), 1)
  assert.equal(await mustEnd(waiting), 'ready')
  assert.deepEqual(seen, [1])
})

test('from its own wait into an epoll and back, it hears every record', async () => {
  const rig = new Rig(build)
  using epoll = new RingEpoll({ strategy: 'park' })
  using consumer = openConsumer(rig.ring, { strategy: 'park' })
  for (let i = 0; i < 50; i++) {
    const alone = consumer.waitAsync()
    if (i % 3 === 0) await pause(1)
    rig.mustOutput('x')
    assert.equal(await mustEnd(alone), 'ready')
    consumer.read()
    epoll.add(consumer, { edgeTriggered: i % 2 === 0 })
    const among = epoll.waitAsync()
    if (i % 4 === 0) await pause(1)
    rig.mustOutput('y')
    assert.equal((await mustEnd(among)).length, 1)
    if (i % 5 > 0) consumer.read()
    epoll.delete(consumer)
    consumer.consumeRaw(() => {})
  }
})
