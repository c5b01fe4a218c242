// Records as they come, with `for await`; and an AbortSignal that ends it.
import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'

const ring = createRing({ size: '64 KiB' })
const producer = openProducer(ring)
const consumer = openConsumer(ring)

let sent = 0
const timer = setInterval(() => producer.outputText(`tick ${++sent}`), 5)
const enough = new AbortController()

try {
  for await (const record of consumer.iterate({ signal: enough.signal })) {
    const text = new TextDecoder().decode(record) // bytes of our own: decoding them is safe
    console.log(text)
    if (text === 'tick 3') enough.abort(new Error('that was enough'))
  }
} catch (error) {
  console.log(error.message)
}
clearInterval(timer)

// Closing the ring ends an iteration too, when everything in it is consumed.
producer.outputText('the last')
ring.close()
for await (const record of consumer) console.log(new TextDecoder().decode(record))

// Prints:
// tick 1
// tick 2
// tick 3
// that was enough
// the last
