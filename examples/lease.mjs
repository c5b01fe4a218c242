// A lease: records are read where they are, and given back all at once. Nothing is copied.
import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'

const ring = createRing({ size: '1 MiB' })
const producer = openProducer(ring)
const consumer = openConsumer(ring)

// Four images of 64 x 64 points, brighter each time.
for (let image = 0; image < 4; image++) {
  const address = producer.reserve(64 * 64)
  producer.memory.u8.fill(image * 50, address, address + 64 * 64)
  producer.submit(address)
}

// With TypeScript, `using lease = consumer.lease(...)` replaces try and finally.
const lease = consumer.lease({ max: 3 })
let kept
try {
  for (const record of lease) {
    const bytes = record.bytes // a view of the ring's own memory
    const mean = bytes.reduce((sum, point) => sum + point, 0) / bytes.length
    console.log(`${record.length} points, ${mean} bright`)
    kept = record
  }
} finally {
  lease.release()
}
console.log(`${ring.counters().consumed} consumed, with one store of the consumer position`)

try {
  kept.bytes
} catch (error) {
  console.log(error.code)
}

// Only some of them: the others stay in the ring.
const look = consumer.lease()
console.log(`${look.length} is left`)
look.release(0)
console.log(`and still there: ${consumer.read().length} bytes`)

// Prints:
// 4096 points, 0 bright
// 4096 points, 50 bright
// 4096 points, 100 bright
// 3 consumed, with one store of the consumer position
// ERR_LEASE_RELEASED
// 1 is left
// and still there: 4096 bytes
