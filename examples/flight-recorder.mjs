// A flight recorder: the ring is never full, it keeps the newest records. Somebody looks after a crash,
// and somebody else follows along, and is told exactly how much was too fast for it.
import { BPF_F_RB_OVERWRITE, createRing, openConsumer, openProducer } from 'bpf-ringbuf'

const ring = createRing({ size: 4096, name: 'recorder', flags: BPF_F_RB_OVERWRITE })
const producer = openProducer(ring)

let lost = 0
const follower = openConsumer(ring, { onLost: (gap) => (lost += gap.count) })
let seen = 0
const follow = () => (seen += follower.consume(() => {}))

const fly = () => {
  for (let step = 1; step <= 100_000; step++) {
    producer.outputText(`altitude ${100_000 - step}`)
    if (step % 1000 === 0) follow()
    if (step === 90_000) throw new Error('bird')
  }
}

try {
  fly()
} catch (error) {
  // Copies, none of them torn, and nothing is consumed: producers may go on meanwhile.
  const { records } = ring.snapshot({ max: 3 })
  console.log(`${error.message}! The last three records were:`)
  for (const { bytes } of records) console.log(`  ${new TextDecoder().decode(bytes)}`)
}
const { submitted } = ring.counters()
console.log(
  `of ${submitted} records the follower saw ${seen} and missed ${lost}: ${seen + lost === submitted}`,
)

// Prints:
// bird! The last three records were:
//   altitude 10002
//   altitude 10001
//   altitude 10000
// of 90000 records the follower saw 15300 and missed 74700: true
