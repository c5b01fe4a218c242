import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EINVAL } from 'bpf-ringbuf'
import { FREE_WORD, LONG_RECORD_BYTES, RECORD_LENGTH_MASK } from '#dist/abi/record.js'
import {
  CLEAN_POSITION,
  CLOSED_BIT,
  CONSUMER_POSITION,
  DATA_OFFSET,
  PENDING_POSITION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
  RESERVING_BIT,
} from '#dist/abi/region.js'
import type { MakeRig } from './contract.js'

/** What only rings with claims promise: free memory reads as busy. */
export function claims(make: MakeRig): void {
  const mustReadAsFree = (memory: Uint8Array, from: number, to: number) => {
    for (let at = from; at < to; at++) assert.equal(memory[at], 0x80, `the byte at ${at}`)
  }

  test('a new ring is filled with 0x80, and only where headers can stand', () => {
    const rig = make()
    mustReadAsFree(rig.u8, DATA_OFFSET, DATA_OFFSET + 4096)
    assert.ok(rig.u8.subarray(DATA_OFFSET + 4096, DATA_OFFSET + 8192).every((byte) => byte === 0))
  })

  test('what is consumed reads as free again, across the end too, and nothing else does', () => {
    const rig = make({ initialPosition: 4096 - 64 })
    rig.mustOutput(new Uint8Array(100).fill(1))
    rig.mustOutput(new Uint8Array(100).fill(2))
    rig.consumer.consumeRaw(() => {}, { max: 1, store: 'record' })
    const next = DATA_OFFSET + 112 - 64
    mustReadAsFree(rig.u8, DATA_OFFSET + 4096 - 64, DATA_OFFSET + 4096)
    mustReadAsFree(rig.u8, DATA_OFFSET, next)
    assert.deepEqual(rig.header(next + 8), { word: 100, pageOffset: 3 })
    assert.equal(rig.word(RELEASED_POSITION), rig.consumerPosition)
  })

  test('a claim whose header is not written yet stops the consumer, whatever stood there before', () => {
    const rig = make()
    for (let round = 0; round < 5; round++) {
      rig.fill(56)
      rig.texts()
      assert.equal(rig.consumer.ready, false)
      assert.deepEqual(rig.texts(), [])
      // As if a producer had moved the position and not come to the header yet.
      rig.setWord(8192, rig.producerPosition + 64)
      assert.equal(rig.consumer.ready, false)
      assert.deepEqual(rig.texts(), [])
      assert.equal(rig.ring.counters().inFlight, 1)
      rig.setWord(8192, rig.producerPosition - 64)
    }
  })

  test('what is just being made free is no record any more, however late the consumer position is seen', () => {
    const rig = make()
    const address = rig.mustReserve(8)
    rig.mustSubmit(address)
    // The consumer fills both words, and others may see the first before the second, and before its position.
    rig.setWord(address - 8, FREE_WORD)
    rig.mustChangeNothing(() => assert.equal(rig.producer.submit(address), -EINVAL))
  })

  test('no length makes a header that looks like free memory', () => {
    const rig = make({ size: '32 MiB' })
    const length = FREE_WORD & RECORD_LENGTH_MASK
    const address = rig.mustReserve(length)
    assert.notEqual(rig.header(address).word, FREE_WORD)
    rig.mustSubmit(address)
    assert.equal(rig.header(address).word, length)
  })

  test('a consumer position set by hand lets no record overlay a live one', () => {
    const rig = make({ size: 0x4000 })
    rig.setWord(CONSUMER_POSITION, 0x3000)
    rig.mustReserve(0x3000)
    assert.equal(rig.producer.reserve(0x3000), 0)
    assert.equal(rig.producer.reason, 'full')
    assert.equal(rig.producerPosition, 0x3008)
  })

  const LONG = LONG_RECORD_BYTES - 8

  test('memory of long records is given back as it is, and said not to be clean for a lap', () => {
    const rig = make()
    rig.mustOutput(new Uint8Array(LONG).fill(1))
    rig.consumer.consumeRaw(() => {})
    assert.equal(rig.word(RELEASED_POSITION), LONG_RECORD_BYTES)
    assert.equal(rig.word(CLEAN_POSITION), LONG_RECORD_BYTES + 4096)
    assert.equal(rig.u8[DATA_OFFSET + 8], 1)
    rig.mustOutput(new Uint8Array(LONG - 8).fill(2))
    rig.consumer.consumeRaw(() => {})
    assert.equal(rig.word(CLEAN_POSITION), LONG_RECORD_BYTES + 4096, 'short ones are cleared')
    mustReadAsFree(rig.u8, DATA_OFFSET + LONG_RECORD_BYTES, DATA_OFFSET + 2 * LONG_RECORD_BYTES - 8)
  })

  test('where memory is not clean, what follows a reserved record reads as busy, whatever stood there', () => {
    const rig = make({ initialPosition: 2 ** 32 - 3 * 4096 })
    const sizes = [LONG, 1000, 8, 600, 0, 333, LONG - 8, 2000, 16, 777]
    // Old bytes that would be taken for headers of committed records: length 8 and the page offset of every page.
    const old = (size: number) => {
      const words = new Uint32Array(Math.ceil(size / 4))
      for (let i = 0; i < words.length; i += 2) words.set([8, 3].slice(0, words.length - i), i)
      return new Uint8Array(words.buffer, 0, size)
    }
    for (let round = 0; round < 200; round++) {
      const size = sizes[round % sizes.length] as number
      const address = rig.mustReserve(size)
      rig.u8.set(old(size), address)
      const next = DATA_OFFSET + (rig.producerPosition & 4095)
      const unclean = (rig.word(CLEAN_POSITION) - rig.producerPosition) | 0
      if (unclean > 0) mustReadAsFree(rig.u8, next, next + 8)
      assert.equal(rig.consumer.ready, false)
      assert.equal(rig.producer.submit(address), 0)
      let seen = 0
      assert.equal(
        rig.consumer.consumeRaw((_memory, _offset, length) => {
          seen = length
        }),
        1,
      )
      assert.equal(seen, size)
    }
    rig.mustBalance()
  })

  test('while somebody is about to reserve, others put it off, and try mode drops', () => {
    const rig = make()
    rig.mustOutput('x')
    rig.setWord(CLEAN_POSITION, 4096)
    rig.setWord(PRODUCER_POSITION, 16 | RESERVING_BIT)
    assert.equal(rig.producerPosition, 16)
    assert.deepEqual(rig.texts(), ['x'])
    assert.equal(rig.producer.tryReserve(8), 0)
    assert.equal(rig.producer.reason, 'contended')
    assert.equal(rig.ring.counters().dropped, 1)
    rig.setWord(PRODUCER_POSITION, 16)
    rig.mustOutput('y')
    assert.deepEqual(rig.texts(), ['y'])
  })

  test('of a producer that died while it was about to reserve, others get to know in time', () => {
    const rig = make()
    rig.setWord(CLEAN_POSITION, 4096)
    rig.setWord(PRODUCER_POSITION, RESERVING_BIT)
    assert.equal(rig.producer.reserve(8), 0)
    assert.equal(rig.producer.reason, 'contended')
    assert.equal(rig.ring.counters().dropped, 1)
    rig.ring.close()
    assert.equal(rig.word(PRODUCER_POSITION) & CLOSED_BIT, CLOSED_BIT)
    assert.equal(rig.ring.closed, true)
    assert.equal(rig.producer.reserve(8), 0)
    assert.equal(rig.producer.reason, 'closed')
    assert.equal(rig.consumer.wait({ timeoutMs: 1000 }), 'closed')
  })

  test('one that waited in vain, and could reserve after all, waits for the next who is in the way, too', (t) => {
    const rig = make()
    rig.setWord(CLEAN_POSITION, 4096)
    const ends = ['timed-out', 'ok'] as const
    let waits = 0
    // The other is there when the wait begins, and gone when it ends.
    t.mock.method(Atomics, 'wait', (_words: Int32Array, _index: number, held: number) => {
      const isForThis = (held & RESERVING_BIT) !== 0
      if (!isForThis) return 'not-equal'
      rig.setWord(PRODUCER_POSITION, rig.producerPosition)
      return ends[waits++]
    })
    for (const position of [0, 16]) {
      rig.setWord(PRODUCER_POSITION, position | RESERVING_BIT)
      rig.mustReserve(8)
    }
    assert.equal(waits, 2)
    assert.equal(rig.mustBalance().dropped, 0)
  })

  test('the pending position stays 0, where a peer of the kernel format reads "unknown"', () => {
    const rig = make({ initialPosition: 4096 })
    rig.mustOutput('x')
    rig.mustReserve(8)
    assert.equal(rig.word(PENDING_POSITION), 0)
  })
}
