/** What an epoll of rings reports, and when: the kernel's rules. */
import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP, openConsumer, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { LONG_MS, mustEnd } from './support/ends.js'

/** What is to be reported now, however it is asked. */
const ASKS: Readonly<Record<string, (epoll: RingEpoll, maxEvents?: number) => Promise<unknown[]>>> = {
  poll: async (epoll, maxEvents) => dataOf(epoll.poll(limit(maxEvents))),
  wait: async (epoll, maxEvents) => dataOf(epoll.wait({ timeoutMs: 0, ...limit(maxEvents) })),
  waitAsync: async (epoll, maxEvents) => dataOf(await epoll.waitAsync({ timeoutMs: 0, ...limit(maxEvents) })),
}

function dataOf(events: ReturnType<RingEpoll['poll']>): unknown[] {
  return events.map(({ data }) => data)
}

function limit(maxEvents?: number): { maxEvents?: number } {
  return maxEvents === undefined ? {} : { maxEvents }
}

for (const build of BUILDS) {
  for (const [name, ask] of Object.entries(ASKS)) {
    describe(`${build.name}, ${name}`, () => {
      // Each has a bell, and there are not so many.
      const opened: RingEpoll[] = []
      afterEach(() => {
        for (const epoll of opened.splice(0)) epoll.close()
      })

      /** So many rings in an epoll, all found empty. */
      const setUp = async (rings: number, edgeTriggered: boolean) => {
        const rigs = Array.from({ length: rings }, () => new Rig(build))
        const epoll = new RingEpoll()
        opened.push(epoll)
        for (const [data, rig] of rigs.entries()) epoll.add(rig.consumer, { edgeTriggered, data })
        assert.deepEqual(await ask(epoll), [])
        return { rigs, epoll, ask: (maxEvents?: number) => ask(epoll, maxEvents) }
      }
      const one = async (edgeTriggered: boolean) => {
        const { rigs, epoll, ask } = await setUp(1, edgeTriggered)
        const event = async () => ((await ask()).length === 1 ? 'yes' : 'no')
        return { rig: rigs[0] as Rig, epoll, event }
      }

      test('level-triggered, a ring is reported for as long as it is not empty', async () => {
        const { rig, event } = await one(false)
        rig.mustOutput('1')
        rig.mustOutput('2')
        assert.deepEqual([await event(), await event()], ['yes', 'yes'])
        rig.texts(1)
        assert.equal(await event(), 'yes')
        rig.texts()
        assert.deepEqual([await event(), await event()], ['no', 'no'])
        rig.mustOutput('3')
        assert.equal(await event(), 'yes')
      })

      test('edge-triggered, a ring is reported once for a wake-up', async () => {
        const { rig, event } = await one(true)
        rig.mustOutput('1')
        assert.deepEqual([await event(), await event()], ['yes', 'no'])
        rig.texts()
        assert.equal(await event(), 'no')
        rig.mustOutput('2')
        assert.equal(await event(), 'yes')
      })

      describe('edge-triggered, the measured matrix', () => {
        const flags = { plain: 0, quiet: BPF_RB_NO_WAKEUP, forced: BPF_RB_FORCE_WAKEUP }

        test('submit, submit: yes, no', async () => {
          const { rig, event } = await one(true)
          rig.mustOutput('1')
          const first = await event()
          rig.mustOutput('2')
          assert.deepEqual([first, await event()], ['yes', 'no'])
        })

        test('submit, consume, submit: yes, yes', async () => {
          const { rig, event } = await one(true)
          rig.mustOutput('1')
          const first = await event()
          rig.texts()
          rig.mustOutput('2')
          assert.deepEqual([first, await event()], ['yes', 'yes'])
        })

        test('NO_WAKEUP, submit: no, no', async () => {
          const { rig, event } = await one(true)
          rig.mustOutput('1', flags.quiet)
          const first = await event()
          rig.mustOutput('2')
          assert.deepEqual([first, await event()], ['no', 'no'])
        })

        test('NO_WAKEUP, FORCE_WAKEUP: no, yes', async () => {
          const { rig, event } = await one(true)
          rig.mustOutput('1', flags.quiet)
          const first = await event()
          rig.mustOutput('2', flags.forced)
          assert.deepEqual([first, await event()], ['no', 'yes'])
        })

        test('discard: yes', async () => {
          const { rig, event } = await one(true)
          rig.mustDiscard(rig.mustReserve(8))
          assert.equal(await event(), 'yes')
        })

        test('FORCE_WAKEUP, FORCE_WAKEUP: yes, yes', async () => {
          const { rig, event } = await one(true)
          rig.mustOutput('1', flags.forced)
          const first = await event()
          rig.mustOutput('2', flags.forced)
          assert.deepEqual([first, await event()], ['yes', 'yes'])
        })
      })

      for (const edgeTriggered of [false, true]) {
        const trigger = edgeTriggered ? 'edge-triggered' : 'level-triggered'

        test(`${trigger}: NO_WAKEUP is not seen by one that found the ring empty, but by a new or changed one`, async () => {
          const { rig, epoll, event } = await one(edgeTriggered)
          rig.mustOutput('x', BPF_RB_NO_WAKEUP)
          assert.deepEqual([await event(), await event()], ['no', 'no'])
          epoll.modify(rig.consumer, { edgeTriggered })
          assert.equal(await event(), 'yes')
          rig.texts()
          assert.equal(await event(), 'no')
          rig.mustOutput('y', BPF_RB_NO_WAKEUP)
          assert.equal(await event(), 'no')
          epoll.delete(rig.consumer)
          epoll.add(rig.consumer, { edgeTriggered })
          assert.equal(await event(), 'yes')
        })

        test(`${trigger}: NO_WAKEUP between the adding and the first look is not seen either`, async () => {
          const { rig, epoll, event } = await one(edgeTriggered)
          epoll.delete(rig.consumer)
          epoll.add(rig.consumer, { edgeTriggered })
          rig.mustOutput('x', BPF_RB_NO_WAKEUP)
          assert.equal(await event(), 'no')
        })

        test(`${trigger}: R43, a plain submit behind a discard with NO_WAKEUP is not seen`, async () => {
          const { rig, epoll, event } = await one(edgeTriggered)
          rig.mustDiscard(rig.mustReserve(8), BPF_RB_NO_WAKEUP)
          rig.mustOutput('unheard')
          assert.equal(await event(), 'no')
          epoll.modify(rig.consumer, { edgeTriggered })
          assert.equal(await event(), 'yes')
          assert.deepEqual(rig.texts(), ['unheard'])
        })

        test(`${trigger}: a record that is only reserved is reported to one who comes, not to one who is there`, async () => {
          const { rig, epoll, event } = await one(edgeTriggered)
          const busy = rig.mustReserve(8)
          assert.equal(await event(), 'no')
          epoll.modify(rig.consumer, { edgeTriggered })
          assert.deepEqual([await event(), await event()], ['yes', edgeTriggered ? 'no' : 'yes'])
          rig.mustSubmit(busy)
          assert.equal(await event(), 'yes')
        })

        test(`${trigger}: what was there when it came is reported`, async () => {
          const rig = new Rig(build)
          using epoll = new RingEpoll()
          rig.mustOutput('x', BPF_RB_NO_WAKEUP)
          epoll.add(rig.consumer, { edgeTriggered, data: 'it' })
          assert.deepEqual(await ask(epoll), ['it'])
          assert.deepEqual(await ask(epoll), edgeTriggered ? [] : ['it'])
        })

        test(`${trigger}: a wake-up for what is consumed already is no event`, async () => {
          const { rig, event } = await one(edgeTriggered)
          rig.mustOutput('x', BPF_RB_FORCE_WAKEUP)
          rig.texts()
          assert.equal(await event(), 'no')
        })

        test(`${trigger}: ring.wake() shows what NO_WAKEUP has hidden, and nothing else`, async () => {
          const { rig, event } = await one(edgeTriggered)
          rig.ring.wake()
          assert.equal(await event(), 'no')
          rig.mustOutput('x', BPF_RB_NO_WAKEUP)
          rig.ring.wake()
          assert.equal(await event(), 'yes')
        })

        test(`${trigger}: a closed ring is reported as closed, when everything in it is consumed`, async () => {
          const { rig, epoll } = await one(edgeTriggered)
          rig.mustOutput('last')
          const busy = rig.mustReserve(8)
          rig.ring.close()
          const closedFlags = async () => epoll.poll().map(({ closed }) => closed)
          assert.deepEqual(await closedFlags(), [false])
          assert.deepEqual(rig.texts(), ['last'])
          // What is busy will come yet.
          assert.deepEqual(await closedFlags(), edgeTriggered ? [] : [false])
          rig.mustSubmit(busy)
          assert.deepEqual(await closedFlags(), [false])
          rig.texts()
          epoll.modify(rig.consumer, { edgeTriggered })
          assert.deepEqual(await closedFlags(), [true])
          assert.deepEqual(await closedFlags(), edgeTriggered ? [] : [true])
        })
      }

      test('only rings that are readable are reported, each with its data', async () => {
        const { rigs, ask } = await setUp(8, false)
        for (const ring of [5, 2, 7]) rigs[ring]?.mustOutput('x')
        assert.deepEqual((await ask()).sort(), [2, 5, 7])
        rigs[2]?.texts()
        assert.deepEqual((await ask()).sort(), [5, 7])
      })

      for (const maxEvents of [1, 2, 3, 7]) {
        test(`with ${maxEvents} events at a time, rings that are readable take turns`, async () => {
          const { rigs, ask } = await setUp(8, false)
          for (const rig of rigs) rig.mustOutput('x')
          const turns = new Map<unknown, number>()
          for (let i = 0; i < 8 * 5; i++) {
            const events = await ask(maxEvents)
            assert.equal(events.length, maxEvents)
            assert.equal(new Set(events).size, maxEvents)
            for (const ring of events) turns.set(ring, (turns.get(ring) ?? 0) + 1)
          }
          assert.deepEqual(
            [...turns.values()],
            rigs.map(() => maxEvents * 5),
          )
        })
      }

      test('edge-triggered, what one wait had no place for comes with the next, once', async () => {
        const { rigs, ask } = await setUp(8, true)
        for (const rig of rigs) rig.mustOutput('x')
        const seen: unknown[] = []
        for (let i = 0; i < 4; i++) seen.push(...(await ask(3)))
        assert.deepEqual(seen.sort(), [0, 1, 2, 3, 4, 5, 6, 7])
      })

      test('a ring that is always ready does not hide another', async () => {
        const { rigs, ask } = await setUp(2, false)
        rigs[0]?.mustOutput('always')
        assert.deepEqual(await ask(1), [0])
        rigs[1]?.mustOutput('x')
        const seen = [await ask(1), await ask(1), await ask(1)].flat()
        assert.ok(seen.includes(1), `seen: ${seen}`)
      })

      test('data can be anything, and modify changes it', async () => {
        const { rig, epoll } = await one(false)
        rig.mustOutput('x')
        const data = { anything: 1 }
        epoll.modify(rig.consumer, { data })
        assert.equal((await ask(epoll))[0], data)
        epoll.modify(rig.consumer)
        assert.deepEqual(await ask(epoll), [undefined])
        const [event] = epoll.poll()
        assert.equal(event?.consumer, rig.consumer)
      })

      test('modify from one trigger to the other', async () => {
        const { rig, epoll, event } = await one(true)
        rig.mustOutput('x')
        assert.deepEqual([await event(), await event()], ['yes', 'no'])
        epoll.modify(rig.consumer, { edgeTriggered: false })
        assert.deepEqual([await event(), await event()], ['yes', 'yes'])
        epoll.modify(rig.consumer, { edgeTriggered: true })
        assert.deepEqual([await event(), await event()], ['yes', 'no'])
      })
    })
  }
}

test('the consumer is free again when it has left, or the epoll was closed', async () => {
  const rig = new Rig(BUILDS[0] as (typeof BUILDS)[number])
  const epoll = new RingEpoll()
  epoll.add(rig.consumer)
  assert.equal(epoll.size, 1)
  epoll.delete(rig.consumer)
  assert.equal(epoll.size, 0)
  setTimeout(() => rig.mustOutput('x'), 3)
  assert.equal(await mustEnd(rig.consumer.waitAsync({ strategy: 'park', timeoutMs: LONG_MS })), 'ready')
  rig.texts()
  epoll.add(rig.consumer)
  epoll.close()
  setTimeout(() => rig.mustOutput('x'), 3)
  assert.equal(await mustEnd(rig.consumer.waitAsync({ strategy: 'park', timeoutMs: LONG_MS })), 'ready')
  rig.consumer.close()
  openConsumer(rig.ring).close()
})
