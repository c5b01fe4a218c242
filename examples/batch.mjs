// Many records at once: one reservation, and one store that shows them all to the consumer, or none.
import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'

const ring = createRing({ size: 4096 })
const producer = openProducer(ring)
const consumer = openConsumer(ring)

const batch = producer.batch(4, 8)
for (let i = 0; i < batch.records; i++) {
  producer.memory.f64[batch.addressOf(i) >>> 3] = i * i
}
console.log(`before submit: ${consumer.ready ? 'something' : 'nothing'} to consume`)
batch.submit()

const squares = []
consumer.consumeRaw((_memory, offset) => squares.push(producer.memory.f64[offset >>> 3]))
console.log(`after submit: ${squares.join(', ')}`)

// Payloads of any lengths, copied: all of them find room, or none is written.
const words = ['one', 'ring', 'for all'].map((word) => new TextEncoder().encode(word))
console.log(`outputMany answers ${producer.outputMany(words)}`)
consumer.consume((record) => console.log(`${record.length} bytes: ${new TextDecoder().decode(record)}`))

// Prints:
// before submit: nothing to consume
// after submit: 0, 1, 4, 9
// outputMany answers 0
// 3 bytes: one
// 4 bytes: ring
// 7 bytes: for all
