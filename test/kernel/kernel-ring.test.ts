import assert from 'node:assert/strict'
import { describe } from 'node:test'
import {
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
  createRing,
  openConsumer,
  openPoller,
  openProducer,
  RingEpoll,
} from 'bpf-ringbuf'
import { createRingMap, type KernelRing, openKernelRing } from 'bpf-ringbuf/kernel'
import { createMappedRing } from 'bpf-ringbuf/mapped'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { startWorker } from '../system/support/process.js'
import { FORCE_WAKEUP, NO_WAKEUP, RingProgram } from './support/ring-program.js'

const EAGAIN = -11

interface Stage {
  readonly program: RingProgram
  readonly ring: KernelRing
}

function kernelTest(name: string, body: (stage: Stage) => void | Promise<void>, bytes = 4096): void {
  tidyTest(name, async () => {
    using program = new RingProgram(bytes)
    using ring = openKernelRing(program.ring)
    await body({ program, ring })
  })
}

const readValue = (record: Uint8Array) => new DataView(record.buffer, record.byteOffset).getBigUint64(0, true)

describe('a ring of the kernel', { skip: NO_BPF }, () => {
  kernelTest('records come in order, discarded ones not at all, and make room again', ({ program, ring }) => {
    const consumer = openConsumer(ring)
    for (let i = 0n; i < 500n; i += 4n) {
      assert.equal(program.output(i), 0)
      assert.equal(program.discard(), 0)
      assert.equal(program.submit(i + 1n), 0)
      assert.equal(program.submitCrossed(i + 2n), 0)
      assert.deepEqual([...consumer].map(readValue), [i, i + 1n, i + 2n, i + 3n])
    }
    const { consumed, skipped } = ring.counters()
    assert.deepEqual([consumed, skipped], [500, 125])
  })

  kernelTest('it is full as the kernel says, and positions are the kernel’s', ({ program, ring }) => {
    const consumer = openConsumer(ring)
    assert.equal(program.submit(1n, 0, 1000), EAGAIN)
    assert.equal(ring.query(BPF_RB_AVAIL_DATA), 170 * 24)
    assert.equal(ring.query(BPF_RB_RING_SIZE), 4096)
    assert.equal(
      consumer.consume(() => {}),
      170,
    )
    assert.equal(ring.query(BPF_RB_CONS_POS), 170 * 24)
    assert.equal(ring.query(BPF_RB_PROD_POS), 170 * 24)
    assert.equal(ring.query(99), 0)
    assert.equal(program.submit(2n), 0)
    assert.deepEqual(ring.positions(), { consumer: 4080, producer: 4104, pending: 4080 })
    assert.equal(ring.counters().highWaterBytes, 4080)
  })

  kernelTest('what ends behind the end of the data is one piece', ({ program, ring }) => {
    const consumer = openConsumer(ring)
    let shown = 0
    program.discard()
    for (let i = 0n; i < 1000n; i++) {
      program.output(i)
      consumer.consumeRaw((memory, offset, length) => {
        assert.equal(length, 56)
        assert.equal(new DataView(memory.buffer, offset).getBigUint64(0, true), i)
        if (offset + length > 12288 + 4096) shown++
      })
    }
    assert.ok(shown > 0)
  })

  kernelTest(
    'positions beyond 32 bits',
    async ({ program, ring }) => {
      const consumer = openConsumer(ring, { strategy: 'park' })
      for (let i = 0; i < 4096; i++) {
        assert.equal(program.pass(), 0)
        assert.equal(
          consumer.consume(() => {}),
          0,
        )
      }
      assert.deepEqual(ring.positions(), { consumer: 2 ** 32, producer: 2 ** 32, pending: 4095 * 2 ** 20 })
      for (let i = 0n; i < 10n; i++) {
        const waiting = consumer.waitAsync({ timeoutMs: 5000 })
        program.submit(i)
        assert.equal(await waiting, 'ready')
        assert.equal(readValue(consumer.read() as Uint8Array), i)
      }
      assert.equal(ring.query(BPF_RB_CONS_POS), 2 ** 32 + 240)
      consumer.close()
      using again = openKernelRing(program.ring)
      program.submit(11n)
      assert.equal(readValue(openConsumer(again).read() as Uint8Array), 11n)
      assert.equal(again.positions().consumer, 2 ** 32 + 264)
    },
    2 ** 21,
  )

  kernelTest('leases, budgets, iteration, inspection, snapshots', async ({ program, ring }) => {
    const consumer = openConsumer(ring)
    program.submit(7n, 0, 10)
    {
      using lease = consumer.lease({ max: 3 })
      assert.deepEqual(
        [...lease].map((record) => record.dataView.getBigUint64(0, true)),
        [7n, 7n, 7n],
      )
    }
    assert.equal(ring.snapshot().records.length, 7)
    assert.equal(ring.inspect().records[0]?.position, 3 * 24)
    assert.equal(
      consumer.consume(() => {}, { max: 5 }),
      5,
    )
    let seen = 0
    for await (const record of consumer) {
      assert.equal(readValue(record), 7n)
      if (++seen === 2) break
    }
    assert.equal(consumer.read(), null)
  })

  for (const strategy of ['adaptive', 'park', 'spin', 'yield', 'busy'] as const) {
    kernelTest(`waiting, ${strategy}`, async ({ program, ring }) => {
      const consumer = openConsumer(ring, { strategy })
      assert.equal(consumer.wait({ timeoutMs: 5 }), 'timeout')
      assert.equal(await consumer.waitAsync({ timeoutMs: 5 }), 'timeout')
      program.submit(1n)
      assert.equal(consumer.wait(), 'ready')
      assert.equal(await consumer.waitAsync(), 'ready')
      consumer.read()
      const later = setTimeout(() => program.submit(2n), 20)
      assert.equal(await consumer.waitAsync({ timeoutMs: 5000 }), 'ready')
      clearTimeout(later)
      assert.equal(readValue(consumer.read() as Uint8Array), 2n)
    })
  }

  kernelTest('many sleeps, each woken by the program', async ({ program, ring }) => {
    const consumer = openConsumer(ring, { strategy: 'park' })
    for (let i = 0n; i < 300n; i++) {
      const waiting = consumer.waitAsync({ timeoutMs: 5000 })
      if (i % 3n === 0n) await new Promise((resolve) => setImmediate(resolve))
      program.submit(i)
      assert.equal(await waiting, 'ready')
      assert.equal(readValue(consumer.read() as Uint8Array), i)
    }
  })

  kernelTest('NO_WAKEUP lets it sleep, FORCE_WAKEUP wakes it', async ({ program, ring }) => {
    const consumer = openConsumer(ring, { strategy: 'park' })
    const waiting = consumer.waitAsync({ timeoutMs: 200 })
    const start = performance.now()
    setTimeout(() => program.submit(1n, NO_WAKEUP), 20)
    // The record is there when the time is over.
    assert.equal(await waiting, 'ready')
    assert.ok(performance.now() - start > 150)
    consumer.read()
    const woken = consumer.waitAsync({ timeoutMs: 5000 })
    setTimeout(() => {
      program.submit(2n, NO_WAKEUP)
      program.submit(3n, FORCE_WAKEUP)
    }, 20)
    assert.equal(await woken, 'ready')
    assert.ok(performance.now() - start < 2000)
  })

  kernelTest('in one epoll with a shared ring and one of several processes', async ({ program, ring }) => {
    using mapped = createMappedRing({ size: 4096 })
    const shared = createRing({ size: 4096 })
    const epoll = new RingEpoll({ strategy: 'park' })
    for (const one of [ring, mapped, shared]) epoll.add(openConsumer(one as never), { data: one })
    const produce = [
      () => program.submit(1n),
      () => openProducer(mapped).outputText('x'),
      () => openProducer(shared).outputText('x'),
    ]
    const rings = [ring, mapped, shared]
    assert.deepEqual(epoll.wait({ timeoutMs: 5 }), [])
    for (let i = 0; i < 60; i++) {
      const which = i % 3
      let events: readonly { data: unknown; consumer: { read(): unknown } }[]
      if (i % 2 === 0) {
        const waiting = epoll.waitAsync({ timeoutMs: 5000 })
        if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        produce[which]?.()
        events = await waiting
      } else {
        produce[which]?.()
        events = epoll.wait({ timeoutMs: 5000 })
      }
      assert.deepEqual(
        events.map(({ data }) => data === rings[which]),
        [true],
        `round ${i}`,
      )
      assert.ok(events[0]?.consumer.read())
      assert.deepEqual(epoll.poll(), [])
    }
    epoll.close()
    shared.close()
  })

  kernelTest('a poller, blocking and not', async ({ program, ring }) => {
    using other = new RingProgram(8192)
    using second = openKernelRing(other.ring)
    const values: bigint[] = []
    const poller = openPoller()
    for (const one of [ring, second]) poller.add(one, (record) => values.push(readValue(record)))
    assert.equal(poller.poll(5), 0)
    program.submit(1n)
    other.submit(2n)
    assert.equal(poller.poll(1000), 2)
    setTimeout(() => other.submit(3n), 10)
    assert.equal(await poller.pollAsync(5000), 1)
    assert.deepEqual(values, [1n, 2n, 3n])
    poller.close()
  })

  kernelTest(
    'a watermark is kept, though programs know of none',
    async ({ program, ring }) => {
      const consumer = openConsumer(ring, { watermark: { records: 40, maxDelayMs: 20_000 } })
      const count = () => consumer.consume(() => {})
      const start = performance.now()
      for (let round = 0; round < 3; round++) {
        const flow = setInterval(() => program.submit(1n, 0, 5), 2)
        assert.equal(await consumer.waitAsync(), 'ready')
        clearInterval(flow)
        assert.ok(count() >= 40)
      }
      // The thread blocks: another one runs the program, which submits when the packet begins with 1.
      const module = JSON.stringify(import.meta.resolve('bpf-ringbuf/kernel'))
      const worker = startWorker(`
        const { openProgramByFd } = await import(${module})
        const program = openProgramByFd(${program.program.fd})
        const data = Uint8Array.from({ length: 64 }, (_, i) => (i === 0 ? 1 : 0))
        setInterval(() => program.testRun({ data, repeat: 5 }), 2)`)
      await consumer.waitAsync()
      count()
      for (let round = 0; round < 3; round++) {
        assert.equal(consumer.wait(), 'ready')
        assert.ok(count() >= 40)
      }
      await worker.terminate()
      assert.ok(performance.now() - start < 20_000, 'it waited for the delay')
    },
    65536,
  )

  kernelTest('given up, it ends the poller that waits for it', async ({ ring }) => {
    const poller = openPoller()
    poller.add(ring, () => {})
    const running = poller.run()
    setTimeout(() => ring.close(), 20)
    assert.equal(await running, 0)
    assert.equal(poller.finished, true)
    poller.close()
  })

  tidyTest('opened anew, it goes on where the position stands; records are there for one', () => {
    using program = new RingProgram(4096)
    program.submit(1n)
    program.submit(2n)
    {
      using ring = openKernelRing(program.ring.fd)
      assert.equal(readValue(openConsumer(ring).read() as Uint8Array), 1n)
    }
    using ring = openKernelRing(program.ring)
    assert.throws(() => openConsumer(openConsumer(ring).ring), { code: 'ERR_CONSUMER_TAKEN' })
    assert.equal(ring.query(BPF_RB_CONS_POS), 24)
  })

  kernelTest('opened twice, and consumed by turns, its position never goes back', ({ program, ring }) => {
    using other = openKernelRing(program.ring)
    for (let i = 0n; i < 400n; i++) {
      program.submit(i)
      const consumer = openConsumer(i % 3n === 0n ? ring : other)
      assert.deepEqual([...consumer].map(readValue), [i])
      consumer.close()
      const end = 24 * (Number(i) + 1)
      assert.deepEqual(ring.positions(), { consumer: end, pending: end - 24, producer: end })
    }
  })

  kernelTest('nothing of it can be written from here', ({ ring }) => {
    for (const forbidden of [
      () => openProducer(ring),
      () => ring.wake(),
      () => ring.flush({ timeoutMs: 0 }),
    ]) {
      assert.throws(forbidden, { code: 'ERR_READ_ONLY', message: /is one of the kernel/ })
    }
  })

  kernelTest('a consumer position that cannot be is reported', ({ program, ring }) => {
    const consumer = openConsumer(ring)
    program.submit(1n)
    new BigInt64Array(consumer.memory.u8.buffer)[4096 / 8] = 12345n
    assert.throws(() => consumer.read(), { code: 'ERR_CORRUPTED' })
    assert.throws(() => openKernelRing(program.ring), { code: 'ERR_RING_DAMAGED' })
  })

  kernelTest('closed, it says so', async ({ program, ring }) => {
    const consumer = openConsumer(ring)
    const waiting = consumer.waitAsync()
    ring.close()
    await assert.rejects(waiting, { code: 'ERR_CONSUMER_CLOSED' })
    assert.equal(ring.closed, true)
    assert.throws(() => consumer.read(), { code: 'ERR_CONSUMER_CLOSED' })
    assert.throws(() => ring.query(0), { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => openConsumer(ring), { code: 'ERR_RESOURCE_CLOSED' })
    program.submit(1n)
  })

  kernelTest('closed with records in it, nothing of it is looked at any more', ({ program, ring }) => {
    const consumer = openConsumer(ring)
    program.submit(1n)
    assert.equal(consumer.ready, true)
    ring.close()
    // Where buffers are detached it could not be; elsewhere it would be another's by now.
    assert.deepEqual([consumer.ready, consumer.stall(), consumer.position], [false, null, 0])
    for (const look of [() => ring.counters(), () => ring.inspect(), () => ring.snapshot()]) {
      assert.throws(look, { code: 'ERR_RESOURCE_CLOSED' })
    }
    for (const use of [() => [...consumer], () => consumer.lease(), () => consumer.waitBusy()]) {
      assert.throws(use, { code: 'ERR_CONSUMER_CLOSED' })
    }
  })

  tidyTest('the kernel’s largest is larger than any of ours', () => {
    using map = createRingMap({ size: 2 ** 31 })
    assert.throws(() => openKernelRing(map), {
      code: 'ERR_NOT_SUPPORTED',
      message: /has 2147483648 bytes, and the largest that can be consumed here 1073741824/,
    })
  })

  tidyTest('what is no ring of the kernel is not opened', () => {
    using mapped = createMappedRing({ size: 4096 })
    assert.throws(() => openKernelRing(mapped.fd), { code: 'ERR_INVALID_ARGUMENT', message: /is no map/ })
    assert.throws(() => openKernelRing(99_999), { code: 'ERR_SYSTEM', message: /EBADF/ })
    assert.throws(() => openKernelRing({} as never), { code: 'ERR_INVALID_ARGUMENT' })
    using program = new RingProgram(4096)
    const handle = { type: 'bpf-ringbuf-kernel', fd: program.ring.fd, id: 1 } as const
    assert.throws(() => openKernelRing(handle), { code: 'ERR_NOT_A_RING' })
  })
})
