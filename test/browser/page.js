// What the browser runs: a worker produces, the main thread, which may not block, consumes.
import { createRing, decodeText, openConsumer } from '/dist/index.js'

const ring = createRing({ size: '64 KiB', name: 'browser' })
const consumer = openConsumer(ring)
const worker = new Worker('/test/browser/producer.js', { type: 'module' })
worker.postMessage({ handle: ring.handle, records: 20000 })
worker.onerror = (event) => report({ error: event.message })

const totals = { records: 0, sum: 0, outOfOrder: 0, text: '' }
let blocked = 'no error'
try {
  consumer.wait()
} catch (error) {
  blocked = error.code
}
for (;;) {
  const outcome = await consumer.waitAsync({ timeoutMs: 10_000 })
  if (outcome !== 'ready') {
    report({
      ...totals,
      blocked,
      outcome,
      engine: ring.engine,
      isolated: crossOriginIsolated,
      counters: ring.counters(),
    })
    break
  }
  consumer.consumeRaw((memory, offset, length) => {
    totals.text = decodeText(memory, offset, length)
    const number = Number(totals.text.split(' ')[1])
    if (number !== totals.records) totals.outOfOrder++
    totals.records++
    totals.sum += number
  })
}

// The title is what a test can read under any content security policy.
function report(result) {
  document.title = JSON.stringify(result)
}
