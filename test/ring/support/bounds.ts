import assert from 'node:assert/strict'
import { type Consumer, type Producer, type Ring, RingbufError } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { type AnyRing, addressOf } from './rings.js'

/** What a peer may make a consumer say; everything else it must not make it do. */
export type Verdict = 'went on' | 'ERR_CORRUPTED' | 'ERR_CONSUMER_CLOSED'

/**
 * Consumes once, from memory that may hold anything. It must go on, or report corruption; and whatever
 * it shows must lie inside the ring, and be no more than a ring holds.
 */
export function mustConsumeInside(consumer: Consumer, options: { store?: 'record' | 'batch' } = {}): Verdict {
  const { ring } = consumer
  const max = ring.size / 8
  let last = 0
  try {
    const shown = consumer.consumeRaw(
      (_memory, offset, length) => mustLieInside(ring, offset, length, ++last),
      {
        ...options,
        max,
      },
    )
    assert.equal(shown, last)
    return 'went on'
  } catch (error) {
    return verdictOf(error)
  }
}

/** Another consumer seems to have taken over when it is the word of that which is damaged. */
function verdictOf(error: unknown): Verdict {
  const code = error instanceof RingbufError ? error.code : undefined
  if (code === 'ERR_CORRUPTED' || code === 'ERR_CONSUMER_CLOSED') return code
  throw error
}

/** Tries a reservation, and a commit, on memory that may hold anything. Answers whether one succeeded. */
export function mustReserveInside(producer: Producer, size: number, keep: boolean): boolean {
  const { ring } = producer
  // Whoever waits for the lock believes that its holder lives; who does not wait is safe from it.
  const address = ring.reservations === 'lock' ? producer.tryReserve(size) : producer.reserve(size)
  if (address === 0) {
    assert.notEqual(producer.reason, 'none')
    return false
  }
  mustLieInside(ring, address, size, 0)
  const answer = keep ? producer.submit(address) : producer.discard(address)
  assert.ok(answer === 0 || answer === -22, `commit answered ${answer}`)
  return true
}

/** Asks all there is to ask. None of it may throw, or run on for ever. */
export function mustAnswerAll(ring: AnyRing, consumer: Consumer, producer: Producer): void {
  ring.counters()
  for (const flag of [0, 1, 2, 3, 4]) assert.ok(ring.query(flag) >= 0)
  assert.equal(typeof consumer.ready, 'boolean')
  assert.equal(typeof ring.closed, 'boolean')
  assert.equal(typeof producer.hasRoom(8), 'boolean')
  try {
    const outcome = consumer.wait({ timeoutMs: 0, strategy: 'spin' })
    assert.ok(['ready', 'woken', 'timeout', 'closed'].includes(outcome))
  } catch (error) {
    verdictOf(error)
  }
  assert.equal(ring.query(1), ring.size)
}

/** Whether a payload that was shown, or may be written, is one that a ring of this kind can have. */
export function mustLieInside(ring: Ring<unknown>, offset: number, length: number, record: number): void {
  const data = addressOf(ring as AnyRing) + DATA_OFFSET
  const where = `${length} bytes at ${offset}, record ${record}`
  assert.ok(offset - 8 >= data && offset - 8 < data + ring.size, `no header stands there: ${where}`)
  assert.equal(offset % 8, 0, where)
  assert.ok(length <= ring.largestPayload, `longer than any record: ${where}`)
  assert.ok(offset + length <= data + 2 * ring.size, `past the ring: ${where}`)
}
