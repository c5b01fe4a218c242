// Waiting, as a runtime does it: run by scripts/run-in-runtimes.mjs in each. Fails by ending too early, by
// not ending, or by an assertion.
import { createRing, openConsumer, openPoller, openProducer } from 'bpf-ringbuf'

let checks = 0
function check(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual}, not ${expected}`)
  checks++
}

for (const engine of ['wasm', 'js']) {
  const ring = createRing({ size: 4096, engine })
  const producer = openProducer(ring)
  const consumer = openConsumer(ring)

  // A notification of the same thread, from a timer and from a microtask, with nothing else to do.
  for (const strategy of ['park', 'adaptive', 'yield']) {
    setTimeout(() => producer.outputText('late'), 10)
    check(`${strategy}: a timer wakes`, await consumer.waitAsync({ strategy }), 'ready')
    check(
      'and there it is',
      consumer.consume(() => {}),
      1,
    )
    const woken = consumer.waitAsync({ strategy })
    Promise.resolve()
      .then(() => {})
      .then(() => producer.outputText('soon'))
    check(`${strategy}: a microtask wakes`, await woken, 'ready')
    consumer.consume(() => {})
    check(`${strategy}: time runs out`, await consumer.waitAsync({ strategy, timeoutMs: 5 }), 'timeout')
  }

  const cancelled = new AbortController()
  setTimeout(() => cancelled.abort('enough'), 5)
  const why = await consumer.waitAsync({ signal: cancelled.signal }).catch((reason) => reason)
  check('a signal cancels', why, 'enough')

  // Eight rings, one wait.
  const poller = openPoller()
  const rings = Array.from({ length: 8 }, () => createRing({ size: 4096, engine }))
  for (const one of rings) poller.add(one, () => {})
  for (const one of rings) {
    setTimeout(() => openProducer(one).outputText('x'), 2)
    check('each of eight rings wakes', await poller.pollAsync(), 1)
  }
  check('none: time runs out', await poller.pollAsync(5), 0)
  for (const one of rings) one.close()
  check('closed rings end', await poller.run(), 0)

  // A flood, and timers all the same: every record that is read makes room for the next.
  let ticks = 0
  const timer = setInterval(() => ticks++, 1)
  const end = performance.now() + 300
  producer.outputText('start')
  for await (const _ of consumer) {
    if (performance.now() > end) break
    producer.outputText('go on')
  }
  clearInterval(timer)
  if (ticks <= 2) throw new Error(`a flood let timers in ${ticks} times`)
  checks++
  ring.close()
  for await (const _ of consumer);
  check('the end of a closed ring', await consumer.waitAsync(), 'closed')

  // Nothing holds the process open: an idle consumer, and one that waits unreferenced.
  const idle = openConsumer(createRing({ size: 4096, engine })).unref()
  idle.waitAsync().then(() => check('an idle ring is never ready', true, false))
}
console.log(`${checks} checks`)
