/** What keeps a process alive: waits that are pending, unless they were told not to. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BUILDS } from '../ring/support/builds.js'
import { Rig } from '../ring/support/rig.js'
import { ASYNC_WAYS } from './support/async-ways.js'
import { runChild } from './support/child.js'

/** A process that nothing holds has ended long before. */
const FREE_MS = 5000
/** A process that something holds still runs then. */
const HELD_MS = 400

/** How to make one who waits, in the child: `waiter` with ref, unref and close, and `wait()`. */
const SETTINGS: Readonly<Record<string, string>> = {
  consumer: `
    const ring = createRing({ size: 4096 }), producer = openProducer(ring)
    const waiter = openConsumer(ring, { strategy })
    const wait = () => waiter.waitAsync()`,
  epoll: `
    const ring = createRing({ size: 4096 }), producer = openProducer(ring)
    const waiter = new RingEpoll({ strategy })
    waiter.add(openConsumer(ring))
    const wait = () => waiter.waitAsync()`,
  poller: `
    const ring = createRing({ size: 4096 }), producer = openProducer(ring)
    const waiter = openPoller({ strategy })
    waiter.add(ring, () => {})
    const wait = () => waiter.pollAsync()`,
}

/** The process begins to be watched when it has done all this. */
const BEGUN = `;process.stdout.write('begun');`

async function mustEndByItself(program: string): Promise<void> {
  const { held, code, output } = await runChild(program + BEGUN, FREE_MS)
  assert.deepEqual({ held, code, output }, { held: false, code: 0, output: 'begun' })
}

async function mustBeHeld(program: string): Promise<void> {
  const { held } = await runChild(program + BEGUN, HELD_MS)
  assert.equal(held, true, 'the process has ended')
}

for (const [name, setting] of Object.entries(SETTINGS)) {
  const of = (strategy: string) => `const strategy = ${strategy};${setting};`
  const park = of(`'park'`)

  describe(name, { concurrency: 2 }, () => {
    test('open and idle, it does not hold the process', async () => {
      await mustEndByItself(park)
      await mustEndByItself(`${park} producer.outputText('x'); await wait()`)
    })

    test('a wait that is pending holds it', () => mustBeHeld(`${park} wait()`))

    test('a wait with a timeout holds it until that is over', async () => {
      const timed = park
        .replace('.waitAsync()', '.waitAsync({ timeoutMs: 100 })')
        .replace('.pollAsync()', '.pollAsync(100)')
      const { held, output } = await runChild(
        `${timed} wait().then(() => process.stdout.write('over'))`,
        FREE_MS,
      )
      assert.deepEqual({ held, output }, { held: false, output: 'over' })
    })

    for (const strategy of [`'adaptive'`, `'park'`, `'spin'`, `'yield'`, `'busy'`, '{ yieldUs: Infinity }']) {
      test(`after unref it does not, with strategy ${strategy}`, async () => {
        await mustEndByItself(`${of(strategy)} waiter.unref(); wait()`)
      })
    }

    test('after unref while it waits it does not', () =>
      mustEndByItself(`${park} wait(); setTimeout(() => waiter.unref(), 20)`))

    test('after unref and ref it does', () => mustBeHeld(`${park} waiter.unref().ref(); wait()`))

    test('after ref while it waits it does', () => mustBeHeld(`${park} waiter.unref(); wait(); waiter.ref()`))

    test('a wait that was aborted does not', () =>
      mustEndByItself(
        `${park.replace('.waitAsync()', '.waitAsync({ signal })').replace('.pollAsync()', '.pollAsync(-1, { signal })')}
        const { signal } = Object.assign(globalThis, { signal: AbortSignal.timeout(20) })
        wait().catch(() => {}); setTimeout(() => {}, 40)`,
      ))

    test('a wait whose waiter was closed does not', () =>
      mustEndByItself(`${park} wait().catch(() => {}); setTimeout(() => waiter.close(), 20)`))

    test('a wait that found its record does not', () =>
      mustEndByItself(`${park} wait(); setTimeout(() => producer.outputText('x'), 20)`))
  })
}

describe('others', { concurrency: 2 }, () => {
  const ring = 'const ring = createRing({ size: 4096 }), producer = openProducer(ring);'

  test('an iteration holds the process, after unref it does not', async () => {
    const iterate = '(async () => { for await (const _ of consumer); })();'
    await mustBeHeld(`${ring} const consumer = openConsumer(ring); ${iterate}`)
    await mustEndByItself(`${ring} const consumer = openConsumer(ring).unref(); ${iterate}`)
  })

  test('run holds the process, after unref it does not', async () => {
    const poller = `${ring} const poller = openPoller(); poller.add(ring, () => {});`
    await mustBeHeld(`${poller} poller.run()`)
    await mustEndByItself(`${poller} poller.unref().run()`)
  })

  test('a poller that rests before a busy record holds the process, after unref it does not', async () => {
    const poller = `${ring} const poller = openPoller(); poller.add(ring, () => {}); producer.reserve(8);`
    await mustBeHeld(`${poller} poller.pollAsync()`)
    await mustEndByItself(`${poller} poller.unref().pollAsync()`)
  })

  test('a producer that waits for room holds the process', async () => {
    await mustBeHeld(`${ring} producer.reserve(4000); producer.waitForRoomAsync(4000)`)
  })
})

for (const [way, open] of Object.entries(ASYNC_WAYS)) {
  test(`${way}: it says whether it holds the process`, () => {
    using waiter = open(new Rig(BUILDS[0] as (typeof BUILDS)[number]).ring, 'park')
    assert.equal(waiter.hasRef, true)
    waiter.unref()
    assert.equal(waiter.hasRef, false)
    waiter.unref()
    assert.equal(waiter.hasRef, false)
    waiter.ref()
    assert.equal(waiter.hasRef, true)
  })
}
