// A record is filled where the consumer will read it: nothing is copied. It is submitted, or given up.
import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'

const ring = createRing({ size: 4096 })
const producer = openProducer(ring)
const consumer = openConsumer(ring)

/** Measures something straight into the ring. With TypeScript, `using record = ...` replaces try and finally. */
function measure(sensor) {
  const record = producer.record(16)
  if (record === null) return // no room now: counted as dropped
  try {
    record.uint32[0] = sensor
    record.float64[1] = read(sensor)
    record.submit()
  } finally {
    if (!record.finished) record.discard()
  }
}

function read(sensor) {
  if (sensor === 2) throw new Error('sensor 2 is broken')
  return 20.5 + sensor
}

for (let sensor = 0; sensor < 4; sensor++) {
  try {
    measure(sensor)
  } catch (error) {
    console.log(error.message)
  }
}

// The consumer reads in place too: `offset` is a multiple of 8, and valid until the callback returns.
const { u32, f64 } = producer.memory
consumer.consumeRaw((_memory, offset, length) => {
  console.log(`sensor ${u32[offset >>> 2]}: ${f64[(offset >>> 3) + 1]} degrees, ${length} bytes`)
})
const { submitted, discarded } = ring.counters()
console.log(`${submitted} submitted, ${discarded} discarded`)

// Prints:
// sensor 2 is broken
// sensor 0: 20.5 degrees, 16 bytes
// sensor 1: 21.5 degrees, 16 bytes
// sensor 3: 23.5 degrees, 16 bytes
// 3 submitted, 1 discarded
