// An AudioWorklet produces, a worker consumes. It plays without a sound card, as fast as it can; in the first half
// nobody consumes, so that the ring is full and a producer that waited would hold up the sound.
import { createRing } from '/dist/index.js'

const FRAMES = 48_000
const engine = new URLSearchParams(location.search).get('engine')
const ring = createRing({ size: '16 KiB', name: 'Grüße', engine })
const context = new OfflineAudioContext(1, FRAMES, FRAMES)
await context.audioWorklet.addModule('/test/browser/audio-worklet.js')
const node = new AudioWorkletNode(context, 'ring-producer', {
  processorOptions: { handle: ring.handle, engine },
})
const fail = (event) => report({ error: event.message ?? 'the processor threw' })
node.onprocessorerror = fail
const told = next(node.port)
node.connect(context.destination)

const worker = new Worker('/test/browser/audio-worker.js', { type: 'module' })
worker.onerror = fail
const half = context.suspend(0.5).then(async () => {
  const { submitted, dropped } = ring.counters()
  const emptied = next(worker)
  worker.postMessage(ring.handle)
  await emptied
  context.resume()
  return { submitted, dropped }
})
await context.startRendering()
const read = next(worker)
ring.close()
report({
  ...(await told),
  ...(await read),
  quanta: FRAMES / 128,
  half: await half,
  counters: ring.counters(),
})

function next(port) {
  return new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data)
  })
}

function report(result) {
  document.title = JSON.stringify(result)
}
