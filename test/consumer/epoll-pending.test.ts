/** An epoll that is changed while it waits: what comes, or goes, counts at once. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_RB_NO_WAKEUP, RingEpoll } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { STRATEGY_NAMES } from './support/async-ways.js'
import { ASLEEP_MS, mustEnd, mustGoOn, pause } from './support/ends.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]

for (const strategy of STRATEGY_NAMES) {
  describe(strategy, () => {
    test('a ring that is added with a record in it ends the wait', async () => {
      using epoll = new RingEpoll({ strategy })
      const waiting = epoll.waitAsync()
      await mustGoOn(waiting)
      const rig = new Rig(build)
      rig.mustOutput('x', BPF_RB_NO_WAKEUP)
      epoll.add(rig.consumer, { data: 'late' })
      assert.deepEqual(
        (await mustEnd(waiting)).map(({ data }) => data),
        ['late'],
      )
    })

    test('a ring that is added empty is heard by the wait that is pending', async () => {
      for (const others of [0, 2]) {
        using epoll = new RingEpoll({ strategy })
        for (let i = 0; i < others; i++) epoll.add(new Rig(build).consumer)
        const waiting = epoll.waitAsync()
        await mustGoOn(waiting)
        const rig = new Rig(build)
        epoll.add(rig.consumer, { data: 'late' })
        await mustGoOn(waiting)
        rig.mustOutput('x')
        assert.deepEqual(
          (await mustEnd(waiting)).map(({ data }) => data),
          ['late'],
        )
      }
    })

    test('modify shows to the wait what NO_WAKEUP has hidden', async () => {
      const rig = new Rig(build)
      using epoll = new RingEpoll({ strategy })
      epoll.add(rig.consumer)
      const waiting = epoll.waitAsync()
      await pause(ASLEEP_MS)
      rig.mustOutput('x', BPF_RB_NO_WAKEUP)
      await mustGoOn(waiting)
      epoll.modify(rig.consumer, { data: 'changed' })
      assert.deepEqual(
        (await mustEnd(waiting)).map(({ data }) => data),
        ['changed'],
      )
    })

    test('a ring that is taken out does not end the wait any more; the others do', async () => {
      const [gone, stays] = [new Rig(build), new Rig(build)]
      using epoll = new RingEpoll({ strategy })
      epoll.add(gone.consumer, { data: 'gone' })
      epoll.add(stays.consumer, { data: 'stays' })
      const waiting = epoll.waitAsync()
      await pause(ASLEEP_MS)
      epoll.delete(gone.consumer)
      gone.mustOutput('x')
      await mustGoOn(waiting)
      stays.mustOutput('x')
      assert.deepEqual(
        (await mustEnd(waiting)).map(({ data }) => data),
        ['stays'],
      )
    })

    test('the last ring is taken out, another is put in', async () => {
      const [gone, comes] = [new Rig(build), new Rig(build)]
      using epoll = new RingEpoll({ strategy })
      epoll.add(gone.consumer)
      const waiting = epoll.waitAsync()
      await pause(ASLEEP_MS)
      epoll.delete(gone.consumer)
      gone.mustOutput('x')
      await mustGoOn(waiting)
      epoll.add(comes.consumer, { data: 'comes' })
      await mustGoOn(waiting)
      comes.mustOutput('x')
      assert.deepEqual(
        (await mustEnd(waiting)).map(({ data }) => data),
        ['comes'],
      )
    })

    test('a ring that is taken out after its record, but before the wait has looked', async () => {
      const rig = new Rig(build)
      using epoll = new RingEpoll({ strategy })
      epoll.add(rig.consumer)
      const waiting = epoll.waitAsync({ timeoutMs: 30 })
      await pause(ASLEEP_MS)
      rig.mustOutput('x')
      epoll.delete(rig.consumer)
      assert.deepEqual(await mustEnd(waiting), [])
    })

    test('interrupt makes it look, and it goes on', async () => {
      const rig = new Rig(build)
      using epoll = new RingEpoll({ strategy })
      epoll.interrupt()
      epoll.add(rig.consumer)
      const waiting = epoll.waitAsync()
      for (let i = 0; i < 3; i++) {
        await mustGoOn(waiting, 2)
        epoll.interrupt()
      }
      await mustGoOn(waiting)
      rig.mustOutput('x')
      assert.equal((await mustEnd(waiting)).length, 1)
    })

    test('polling meanwhile takes an event from it, and it hears the next', async () => {
      for (const edgeTriggered of [false, true]) {
        const rig = new Rig(build)
        using epoll = new RingEpoll({ strategy })
        epoll.add(rig.consumer, { edgeTriggered })
        const waiting = epoll.waitAsync()
        await pause(ASLEEP_MS)
        rig.mustOutput('x')
        assert.equal(epoll.poll().length, 1)
        assert.deepEqual(rig.texts(), ['x'])
        await mustGoOn(waiting)
        rig.mustOutput('y')
        assert.equal((await mustEnd(waiting)).length, 1)
        assert.deepEqual(rig.texts(), ['y'])
      }
    })

    test('consuming meanwhile: the wait hears what comes behind it', async () => {
      const rig = new Rig(build)
      using epoll = new RingEpoll({ strategy })
      epoll.add(rig.consumer)
      const waiting = epoll.waitAsync()
      await pause(ASLEEP_MS)
      rig.mustOutput('x', BPF_RB_NO_WAKEUP)
      assert.deepEqual(rig.texts(), ['x'])
      await mustGoOn(waiting)
      rig.mustOutput('y')
      assert.equal((await mustEnd(waiting)).length, 1)
    })
  })
}
