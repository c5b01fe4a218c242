/** A loop that only waits and consumes lets the event loop turn: timers, input, and whoever aborts it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, openPoller } from 'bpf-ringbuf'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { ASYNC_WAYS, STRATEGY_NAMES } from './support/async-ways.js'

const [build] = BUILDS as [(typeof BUILDS)[number]]
/** A loop that starves the event loop would never end by itself. */
const HOPELESS_MS = 5000

/** Runs the loop until a timer has come three times. */
async function mustLetTimersRun(once: () => Promise<unknown>): Promise<void> {
  let ticks = 0
  const timer = setInterval(() => ticks++, 2)
  const started = performance.now()
  while (ticks < 3 && performance.now() - started < HOPELESS_MS) await once()
  clearInterval(timer)
  assert.ok(ticks >= 3, `no timer could run in ${HOPELESS_MS} ms`)
}

for (const [way, open] of Object.entries(ASYNC_WAYS)) {
  describe(way, () => {
    for (const strategy of STRATEGY_NAMES) {
      test(`${strategy}: where there always is a record`, async () => {
        const rig = new Rig(build)
        using waiter = open(rig.ring, strategy)
        await mustLetTimersRun(async () => {
          rig.mustOutput('x')
          // Known to an edge-triggered wait too.
          await waiter.wait({ timeoutMs: 5 })
          waiter.take()
        })
      })

      test(`${strategy}: where there never is one, and it does not want to wait`, async () => {
        const rig = new Rig(build)
        using waiter = open(rig.ring, strategy)
        await mustLetTimersRun(() => waiter.wait({ timeoutMs: 0 }))
      })
    }

    test('busy: while it waits', async () => {
      const rig = new Rig(build)
      using waiter = open(rig.ring, 'busy')
      let ticks = 0
      const timer = setInterval(() => {
        if (++ticks === 3) rig.mustOutput('x')
      }, 2)
      await waiter.wait({ timeoutMs: HOPELESS_MS })
      clearInterval(timer)
      assert.equal(waiter.take(), 1)
      assert.ok(ticks >= 3)
    })
  })
}

test('an iteration over records that always are there', async () => {
  const rig = new Rig(build)
  using consumer = openConsumer(rig.ring)
  let ticks = 0
  const timer = setInterval(() => ticks++, 2)
  const started = performance.now()
  rig.mustOutput('x')
  for await (const _record of consumer) {
    if (ticks >= 3 || performance.now() - started > HOPELESS_MS) break
    rig.mustOutput('x')
  }
  clearInterval(timer)
  assert.ok(ticks >= 3)
})

test('run, of a poller whose callbacks feed themselves', async () => {
  const rig = new Rig(build)
  using poller = openPoller()
  let ticks = 0
  const started = performance.now()
  poller.add(rig.ring, () => {
    if (ticks >= 3 || performance.now() - started > HOPELESS_MS) return -1
    rig.mustOutput('x')
    return 0
  })
  const timer = setInterval(() => ticks++, 2)
  rig.mustOutput('x')
  assert.equal(await poller.run(), -1)
  clearInterval(timer)
  assert.ok(ticks >= 3)
})

test('an iteration that has waited once does not wait for each record from then on', async () => {
  const rig = new Rig(build)
  const records = 64
  for (let i = 0; i < records; i++) rig.mustOutput('x')
  // Counts the turns of the microtask queue; not for ever, since the event loop may be given a turn meanwhile.
  let turn = 0
  const count = () => {
    if (++turn < 10_000) queueMicrotask(count)
  }
  count()
  const turns: number[] = []
  let before = turn
  for await (const _record of openConsumer(rig.ring)) {
    turns.push(turn - before)
    before = turn
    if (turns.length === records) break
  }
  const few = turns.filter((each) => each <= (turns[0] as number)).length
  assert.ok(few >= (records * 3) / 4, `turns for each record: ${turns}`)
})
