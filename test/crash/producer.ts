/** A producer process of the crash test: sends until it is killed. Discards some, drops some, in batches some. */
import { type EngineChoice, openProducer } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'
import { wayOf } from './judge.js'
import { Ledger } from './ledger.js'
import { MOST_WORDS, wordsOf, write } from './record.js'
import { awaitTurn } from './spare.js'

const [name = '', engine] = process.argv.slice(2)
const ring = openMappedRing(name, { engine: engine as EngineChoice })
const ledger = Ledger.open(name)
const life = awaitTurn()
/** Lives differ in where they spend their time: in the ring; with a record half written; between records. */
const dawdles = ['never', 'inside', 'outside'][life % 3]
const producer = openProducer(ring)
const { u32 } = producer.memory
/** Numbers only grow in one life. */
for (let number = 0; ; number++) {
  const way = wayOf(number)
  const bytes = wordsOf(number) * 4
  if (dawdles === 'outside') dawdle()
  if (way === 0) {
    // A reservation that is taken back.
    const address = producer.reserve(MOST_WORDS * 4)
    if (address !== 0) producer.discard(address)
  } else if (way === 1) {
    const payloads = [number, ++number, ++number].map((each) => {
      const payload = new Uint32Array(wordsOf(each))
      write(payload, 0, life, each)
      return new Uint8Array(payload.buffer)
    })
    ledger.begin(life, number)
    // Dropped when the ring is full.
    if (producer.outputMany(payloads) === 0) ledger.sent(life, number)
  } else if (way === 2) {
    const first = producer.reserveBatch(2, bytes)
    if (first !== 0) producer.discardBatch(first, 2, bytes)
  } else {
    const address = producer.reserveBlocking(bytes)
    if (address === 0) throw new Error(producer.reason)
    write(u32, address >>> 2, life, number)
    if (dawdles === 'inside') dawdle()
    ledger.begin(life, number)
    if (producer.submit(address) !== 0) throw new Error('submit answered -EINVAL')
    ledger.sent(life, number)
  }
}

/** Passes up to 20 microseconds. */
function dawdle(): void {
  const end = performance.now() + Math.random() / 50
  while (performance.now() < end);
}
