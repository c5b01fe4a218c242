/** A producer process of the crash test: sends until it is killed. Discards some, drops some, in batches some. */
import { openProducer } from 'bpf-ringbuf'
import { openMappedRing } from 'bpf-ringbuf/mapped'
import { wayOf } from './judge.js'
import { MOST_WORDS, wordsOf, write } from './record.js'

const [where = '', producer = '0', life = '0'] = process.argv.slice(2)
const [me, incarnation] = [Number(producer), Number(life)]
const ring = openMappedRing(where)
const writer = openProducer(ring)
const { u32 } = writer.memory
process.stdout.write('ready\n')
/** Numbers only grow in one life. */
for (let number = 0; ; number++) {
  const way = wayOf(number)
  const bytes = wordsOf(number) * 4
  if (way === 0) {
    // A reservation that is taken back.
    const address = writer.reserve(MOST_WORDS * 4)
    if (address !== 0) writer.discard(address)
  } else if (way === 1) {
    const payloads = [number, ++number, ++number].map((each) => {
      const payload = new Uint32Array(wordsOf(each))
      write(payload, 0, me, incarnation, each)
      return new Uint8Array(payload.buffer)
    })
    writer.outputMany(payloads)
  } else if (way === 2) {
    const first = writer.reserveBatch(2, bytes)
    if (first !== 0) writer.discardBatch(first, 2, bytes)
  } else {
    const address = writer.reserveBlocking(bytes)
    if (address === 0) throw new Error(writer.reason)
    write(u32, address >>> 2, me, incarnation, number)
    if (writer.submit(address) !== 0) throw new Error('submit answered -EINVAL')
  }
}
