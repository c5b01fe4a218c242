/** Whoever is closed while it waits ends at once, whatever it is doing at that moment. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, openPoller, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { STRATEGY_NAMES } from './support/async-ways.js'
import { ASLEEP_MS, mustEnd, pause, turn } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]

/** What the ring holds when the wait begins. */
const CONTENTS: Readonly<Record<string, (rig: Rig) => void>> = {
  nothing: () => {},
  'a record': (rig) => rig.mustOutput('x'),
  'a busy record': (rig) => {
    rig.mustReserve(8)
  },
}

/** How long after the beginning of the wait it is closed. */
const MOMENTS: Readonly<Record<string, () => Promise<void>>> = {
  'at once': async () => {},
  'after a turn': turn,
  later: () => pause(ASLEEP_MS),
}

for (const [content, put] of Object.entries(CONTENTS)) {
  for (const [moment, come] of Object.entries(MOMENTS)) {
    for (const strategy of STRATEGY_NAMES) {
      // A wait that has found its record may have ended before; after some milliseconds it has.
      const mayEndBefore = content === 'a record' && moment === 'after a turn'
      const hasEndedBefore = content === 'a record' && moment === 'later'

      describe(`${strategy}, with ${content} in the ring, closed ${moment}`, () => {
        test('waitAsync of a consumer fails', async () => {
          const rig = new Rig(build)
          const consumer = openConsumer(rig.ring, { strategy })
          put(rig)
          // The longest that an event loop may be kept from turning is over.
          await pause(5)
          const waiting = consumer.waitAsync().catch((error) => error.code)
          await come()
          consumer.close()
          const outcome = await mustEnd(waiting)
          if (!mayEndBefore) assert.equal(outcome, hasEndedBefore ? 'ready' : 'ERR_CONSUMER_CLOSED')
          openConsumer(rig.ring).close()
        })

        test('waitAsync of an epoll answers no events', async () => {
          const rig = new Rig(build)
          const epoll = new RingEpoll({ strategy })
          const consumer = openConsumer(rig.ring)
          epoll.add(consumer)
          put(rig)
          await pause(5)
          const waiting = epoll.waitAsync()
          await come()
          epoll.close()
          const events = await mustEnd(waiting)
          // A record that is busy is reported too, by the kernel's rule.
          if (content === 'nothing' || moment === 'at once') assert.deepEqual(events, [])
          consumer.close()
        })

        test('pollAsync of a poller answers 0, and shows nothing any more', async () => {
          const rig = new Rig(build)
          const poller = openPoller({ strategy })
          let closed = false
          poller.add(rig.ring, () => assert.equal(closed, false))
          put(rig)
          await pause(5)
          const polling = poller.pollAsync()
          await come()
          poller.close()
          closed = true
          const answer = await mustEnd(polling)
          if (!mayEndBefore) assert.equal(answer, hasEndedBefore ? 1 : 0)
          openConsumer(rig.ring).close()
        })
      })
    }
  }
}

test('run ends when its poller is closed', async () => {
  const rig = new Rig(build)
  const poller = openPoller()
  poller.add(rig.ring, () => {})
  const running = poller.run()
  await pause(ASLEEP_MS)
  poller.close()
  assert.equal(await mustEnd(running), 0)
})

test('an iteration fails when its consumer is closed, and the next consumer goes on behind it', async () => {
  const rig = new Rig(build)
  const consumer = openConsumer(rig.ring)
  rig.mustOutput('1')
  rig.mustOutput('2')
  const seen: string[] = []
  await assert.rejects(
    async () => {
      for await (const record of consumer) {
        seen.push(Buffer.from(record).toString())
        if (seen.length === 2) setTimeout(() => consumer.close(), 1)
      }
    },
    { code: 'ERR_CONSUMER_CLOSED' },
  )
  rig.mustOutput('3')
  assert.deepEqual([...seen, ...rig.texts()], ['1', '2', '3'])
})

test('closing the ring ends waits of all kinds, and each says so', async () => {
  const rigs = [new Rig(build), new Rig(build), new Rig(build)] as const
  using consumer = openConsumer(rigs[0].ring, { strategy: 'park' })
  using epoll = new RingEpoll({ strategy: 'park' })
  using other = openConsumer(rigs[1].ring)
  epoll.add(other)
  using poller = openPoller({ strategy: 'park' })
  poller.add(rigs[2].ring, () => {})
  const waits = Promise.all([consumer.waitAsync(), epoll.waitAsync(), poller.pollAsync()])
  await pause(ASLEEP_MS)
  for (const { ring } of rigs) ring.close()
  const [outcome, events, records] = await mustEnd(waits)
  assert.equal(outcome, 'closed')
  assert.deepEqual(
    events.map(({ closed }) => closed),
    [true],
  )
  assert.equal(records, 0)
  assert.equal(poller.finished, true)
})
