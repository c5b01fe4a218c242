import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type Consumer, identityHolds, openConsumer, openProducer, RingbufError } from 'bpf-ringbuf'
import { createMappedRing, type MappedRing, openMappedRing } from 'bpf-ringbuf/mapped'
import { DATA_OFFSET, HEAD_MAGIC } from '#dist/abi/region.js'
import { NO_DOOR } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { produceElsewhere } from './support/process.js'

const uniqueName = () => `bpf-ringbuf-test-${randomUUID()}`

describe('rings between processes', { skip: NO_DOOR }, () => {
  for (const where of ['descriptor', 'name', 'handle'] as const) {
    tidyTest(`a process produces, by its ${where}`, async () => {
      const file = uniqueName()
      using ring = createMappedRing({ size: 65536, name: 'events', ...(where !== 'descriptor' && { file }) })
      const place = { descriptor: { fd: ring.fd }, name: file, handle: ring.handle }[where]
      await mustReceive(ring, 10_000, [produceElsewhere(place, 10_000)])
      if (where !== 'descriptor') ring.unlink()
    })
  }

  tidyTest('three processes and a consumer that sleeps', async () => {
    using ring = createMappedRing({ size: 4096 })
    const producers = [0, 1, 2].map((i) => produceElsewhere({ fd: ring.fd }, 5000, i))
    await mustReceive(ring, 15_000, producers)
  })

  tidyTest('a record that runs over the end is one piece, in the same bytes as the kernel has', () => {
    using ring = createMappedRing({ size: 4096, initialPosition: 4096 - 16, owners: false })
    const producer = openProducer(ring)
    const consumer = openConsumer(ring)
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
    assert.equal(producer.output(bytes), 0)
    assert.deepEqual([...producer.memory.u8.subarray(DATA_OFFSET, DATA_OFFSET + 92)], [...bytes.subarray(8)])
    assert.deepEqual(consumer.read(), bytes)
  })

  tidyTest('one is made of two who create it at once; the mode is what was asked for', () => {
    const file = uniqueName()
    using first = createMappedRing({ size: 4096, name: 'first', file, mode: 0o660, ifExists: 'open' })
    using second = createMappedRing({ size: 8192, name: 'second', file, ifExists: 'open' })
    assert.equal(second.name, 'first')
    assert.equal(statSync(first.path as string).mode & 0o777, 0o660)
    assert.throws(() => createMappedRing({ size: 4096, file }), {
      code: 'ERR_RING_EXISTS',
      detail: { path: `/dev/shm/${file}` },
    })
    openProducer(second).output(new Uint8Array(8))
    assert.equal(first.query(0), 16)
    first.unlink()
    assert.equal(existsSync(`/dev/shm/${file}`), false)
    assert.throws(() => openMappedRing(file), {
      code: 'ERR_SYSTEM',
      message: /ENOENT, there is no such file/,
    })
  })

  for (const engine of ['wasm', 'js'] as const) {
    tidyTest(`the ${engine} build works in it, with the other beside it`, () => {
      using ring = createMappedRing({ size: 4096, engine, initialPosition: 2 ** 32 - 4096 })
      using other = openMappedRing(ring.fd, { engine: engine === 'js' ? 'wasm' : 'js' })
      assert.equal(ring.engine, engine)
      const [producer, beside, consumer] = [openProducer(ring), openProducer(other), openConsumer(other)]
      for (let i = 0; i < 1000; i++) {
        const bytes = Uint8Array.from({ length: (i * 37) % 300 }, (_, at) => at + i)
        assert.equal((i % 2 === 0 ? producer : beside).output(bytes), 0)
        assert.deepEqual(consumer.read(), bytes)
      }
      assert.equal(ring.query(0), 0)
    })
  }

  tidyTest('a producer touches nothing after its ring was given up', () => {
    using ring = createMappedRing({ size: 4096, owners: false })
    const given = openMappedRing(ring.fd)
    const producer = openProducer(given)
    const address = producer.reserve(8)
    given.detach()
    // In whatever way it fails.
    for (const use of [() => producer.submit(address), () => producer.output(new Uint8Array(8))]) {
      try {
        assert.notEqual(use(), 0)
      } catch (error) {
        assert.ok(error instanceof RingbufError || error instanceof TypeError, String(error))
      }
    }
    assert.deepEqual([ring.query(3), ring.counters().submitted], [16, 0])
  })

  tidyTest('who only looks changes nothing', () => {
    const file = uniqueName()
    using ring = createMappedRing({ size: 4096, file })
    const producer = openProducer(ring)
    producer.outputText('one')
    producer.reserve(8)
    using looker = openMappedRing(file, { access: 'read' })
    assert.equal(looker.counters().attempted, 2)
    assert.equal(looker.snapshot().records.length, 1)
    assert.equal(looker.inspect().records.length, 2)
    for (const forbidden of [
      () => openProducer(looker),
      () => openConsumer(looker),
      () => looker.close(),
      () => looker.wake(),
      () => looker.flush({ timeoutMs: 0 }),
    ]) {
      assert.throws(forbidden, { code: 'ERR_READ_ONLY' })
    }
    ring.unlink()
  })

  tidyTest('a memfd cannot be cut; what is no ring is not opened', () => {
    using ring = createMappedRing({ size: 4096 })
    assert.throws(() => truncateSync(`/proc/self/fd/${ring.fd}`, 0), { code: 'EPERM' })
    const file = `/dev/shm/${uniqueName()}`
    try {
      writeFileSync(file, new Uint8Array(100))
      assert.throws(() => openMappedRing(file), {
        code: 'ERR_NOT_A_RING',
        message: /100 bytes holds no ring/,
      })
      writeFileSync(file, new Uint8Array(DATA_OFFSET + 4096))
      assert.throws(() => openMappedRing(file), { code: 'ERR_NOT_A_RING', message: /magic/ })
    } finally {
      spawnSync('rm', ['-f', file])
    }
    spawnSync('mkfifo', [file])
    try {
      for (const access of ['read', 'read-write'] as const) {
        assert.throws(() => openMappedRing(file, { access }), { code: 'ERR_NOT_A_RING' })
      }
    } finally {
      spawnSync('rm', ['-f', file])
    }
    assert.throws(() => openMappedRing(0), { code: 'ERR_NOT_A_RING' })
    assert.throws(() => openMappedRing(99_999), { code: 'ERR_SYSTEM', message: /EBADF/ })
    assert.throws(() => openMappedRing({} as never), { code: 'ERR_INVALID_ARGUMENT' })
    const { handle } = ring
    assert.throws(() => openMappedRing({ ...handle, fileId: '0:0' }), { code: 'ERR_NOT_A_RING' })
  })

  tidyTest('given up, it says so, and its views are empty where the runtime can do that', () => {
    const ring = createMappedRing({ size: 4096 })
    const producer = openProducer(ring)
    const consumer = openConsumer(ring)
    const { u32 } = producer.memory
    ring.detach()
    ring.detach()
    assert.equal(consumer.closed, true)
    assert.throws(() => ring.query(0), { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => openProducer(ring), { code: 'ERR_RESOURCE_CLOSED' })
    const canDetach = 'transfer' in ArrayBuffer.prototype
    assert.equal(u32.length === 0, canDetach)
    if (!canDetach) assert.equal(u32[HEAD_MAGIC], 0x5246_5042)
  })
})

/** Consumes until the producers have ended and everything is consumed; each producer's records in order. */
async function mustReceive(ring: MappedRing, records: number, producers: readonly Promise<void>[]) {
  const consumer: Consumer = openConsumer(ring, { strategy: 'park' })
  const next: number[] = producers.map(() => 0)
  const { u32 } = consumer.memory
  const ended = Promise.all(producers).then(() => ring.close())
  while ((await consumer.waitAsync()) !== 'closed') {
    consumer.consumeRaw((_memory, offset, length) => {
      assert.equal(length, 16)
      const [producer, count] = [u32[offset >>> 2] as number, u32[(offset >>> 2) + 1]]
      assert.equal(count, next[producer])
      next[producer] = (next[producer] ?? 0) + 1
    })
  }
  await ended
  const counters = ring.counters()
  assert.equal(counters.consumed, records)
  assert.ok(identityHolds(counters))
}

if (NO_DOOR) {
  test('off Linux it says what is missing', () => {
    assert.throws(() => createMappedRing({ size: 4096 }), { code: 'ERR_NOT_SUPPORTED' })
  })
}
