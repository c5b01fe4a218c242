import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { attachRing, createRing, openProducer, type RingHandle, type SharedMemory } from 'bpf-ringbuf'
import {
  CLEAN_POSITION,
  CONSUMER_POSITION,
  DATA_OFFSET,
  HEAD_DATA_OFFSET,
  HEAD_FLAGS,
  HEAD_MAGIC,
  HEAD_NAME_LENGTH,
  HEAD_SIZE,
  HEAD_SLOTS,
  HEAD_VERSION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
} from '#dist/abi/region.js'
import { ORDERS } from './support/builds.js'
import { runRemote } from './support/remote.js'

describe('what is damaged is refused, with the reason', () => {
  const damages: [word: number, value: number, code: string, said: RegExp][] = [
    [HEAD_MAGIC, 0, 'ERR_NOT_A_RING', /0x00000000.*0x52465042/],
    [HEAD_MAGIC, 0x5246_5043, 'ERR_NOT_A_RING', /0x52465043/],
    [HEAD_VERSION, 0, 'ERR_RING_VERSION', /layout 0,.*layout 3/],
    [HEAD_VERSION, 1, 'ERR_RING_VERSION', /layout 1,.*layout 3/],
    [HEAD_FLAGS, 32, 'ERR_RING_FLAGS', /0x00000020/],
    [HEAD_FLAGS, 2, 'ERR_RING_DAMAGED', /overwrites, but has no lock/],
    [HEAD_FLAGS, 0xffff_ffff, 'ERR_RING_FLAGS', /0xffffffff/],
    [HEAD_SIZE, 0, 'ERR_RING_DAMAGED', /size of 0 /],
    [HEAD_SIZE, 2048, 'ERR_RING_DAMAGED', /2048/],
    [HEAD_SIZE, 4097, 'ERR_RING_DAMAGED', /4097/],
    [HEAD_SIZE, 12288, 'ERR_RING_DAMAGED', /12288/],
    [HEAD_SIZE, 65536, 'ERR_RING_DAMAGED', /takes 143360/],
    [HEAD_SIZE, 2 ** 30, 'ERR_RING_DAMAGED', /1073741824/],
    [HEAD_SIZE, 2 ** 31, 'ERR_RING_DAMAGED', /2147483648/],
    [HEAD_SIZE, 2 ** 32 - 1, 'ERR_RING_DAMAGED', /4294967295/],
    [HEAD_DATA_OFFSET, 0, 'ERR_RING_DAMAGED', /begins at 0/],
    [HEAD_DATA_OFFSET, 16384, 'ERR_RING_DAMAGED', /begins at 16384/],
    [HEAD_SLOTS, 0, 'ERR_RING_DAMAGED', /0 producer slots/],
    [HEAD_SLOTS, 59, 'ERR_RING_DAMAGED', /59 producer slots/],
    [HEAD_NAME_LENGTH, 65, 'ERR_RING_DAMAGED', /65 bytes/],
    [HEAD_NAME_LENGTH, 2 ** 32 - 1, 'ERR_RING_DAMAGED', /4294967295 bytes/],
    [CONSUMER_POSITION, 4, 'ERR_RING_DAMAGED', /multiples of 8/],
    [CONSUMER_POSITION, 8, 'ERR_RING_DAMAGED', /further apart/],
    [CONSUMER_POSITION, 2 ** 31, 'ERR_RING_DAMAGED', /further apart|does not fit/],
    [PRODUCER_POSITION, 2, 'ERR_RING_DAMAGED', /multiples of 8/],
    [PRODUCER_POSITION, 4, 'ERR_RING_DAMAGED', /multiples of 8/],
    [PRODUCER_POSITION, 4096, 'ERR_RING_DAMAGED', /further apart/],
    [PRODUCER_POSITION, 2 ** 32 - 8, 'ERR_RING_DAMAGED', /further apart/],
  ]
  for (const reservations of ORDERS) {
    for (const [word, value, code, said] of damages) {
      test(`${reservations}: the word at ${word} says ${value}`, () => {
        const ring = createRing({ size: 4096, reservations, name: 'whole' })
        // With memory of its own, not rounded up to pages of WebAssembly.
        const memory = new SharedArrayBuffer(DATA_OFFSET + 2 * 4096)
        new Uint8Array(memory).set(openProducer(ring).memory.u8.subarray(0, memory.byteLength))
        for (const handle of [ring.handle, { ...ring.handle, memory }]) {
          mustAttach(handle)
          new DataView(bufferOf(handle.memory)).setUint32(word, value, true)
          const before = Uint8Array.from(new Uint8Array(bufferOf(handle.memory)))
          if (word === HEAD_SIZE && value === 65536 && handle === ring.handle) continue
          assert.throws(() => attachRing(handle), { name: 'RingbufError', code, message: said })
          // Who is refused has changed nothing.
          assert.deepEqual(Uint8Array.from(new Uint8Array(bufferOf(handle.memory))), before)
        }
      })
    }
  }

  test('claim: a ring in which somebody is about to reserve is whole', () => {
    const ring = createRing({ size: 4096 })
    const { u32 } = openProducer(ring).memory
    u32[CLEAN_POSITION >>> 2] = 4096
    for (const bits of [2, 6]) {
      u32[PRODUCER_POSITION >>> 2] = 64 + bits
      assert.equal(attachRing(ring.handle).query(3), 64)
    }
  })

  for (const [what, released] of [
    ['ahead of the consumer position', 8],
    ['no multiple of 8', 2 ** 32 - 4],
    ['further behind than the ring is long', 2 ** 32 - 4096],
  ] as const) {
    test(`claim: the released position is ${what}`, () => {
      const ring = createRing({ size: 4096 })
      openProducer(ring).memory.u32[RELEASED_POSITION >>> 2] = released
      assert.throws(() => attachRing(ring.handle), { code: 'ERR_RING_DAMAGED', message: /released/ })
    })
  }

  test('a name whose bytes are damaged is shown as well as it can be', () => {
    const ring = createRing({ size: 4096, name: 'abc' })
    openProducer(ring).memory.u8[33] = 0xff
    assert.equal(attachRing(ring.handle).name, 'a\ufffdc')
  })

  test('a ring at work is not damaged: it can be attached at any moment', async () => {
    for (const reservations of ORDERS) {
      const ring = createRing({ size: 4096, reservations, initialPosition: 2 ** 32 - 65536 })
      const busy = runRemote<number>(
        `
        import { parentPort, workerData } from 'node:worker_threads'
        import { attachRing, openConsumer, openProducer } from 'bpf-ringbuf'
        const ring = attachRing(workerData)
        const producer = openProducer(ring), consumer = openConsumer(ring)
        let rounds = 0
        for (; !ring.closed; rounds++) {
          for (let i = 0; i < rounds % 7; i++) producer.output(new Uint8Array(rounds % 900))
          consumer.consumeRaw(() => {}, { store: rounds % 2 ? 'record' : 'batch' })
        }
        parentPort.postMessage(rounds)
        `,
        ring.handle,
      )
      const started = performance.now()
      let attached = 0
      while (ring.query(3) === 2 ** 32 - 65536) await setTimeout(1)
      for (; attached < 2000 || ring.counters().attempted < 20_000; attached++) {
        attachRing(ring.handle, { engine: 'js' })
        assert.ok(performance.now() - started < 20_000, 'the other thread does nothing')
      }
      ring.close()
      assert.ok((await busy) > 100)
    }
  })
})

function bufferOf(memory: SharedMemory): SharedArrayBuffer {
  return memory instanceof SharedArrayBuffer ? memory : memory.buffer
}

function mustAttach(handle: RingHandle): void {
  assert.equal(attachRing(handle).name, 'whole')
}
