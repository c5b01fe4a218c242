/** Programs in C that know nothing but docs/memory-layout.md take part in a ring, as producers and as its consumer. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe } from 'node:test'
import { identityHolds, openConsumer, openProducer } from 'bpf-ringbuf'
import { createMappedRing, type MappedRing } from 'bpf-ringbuf/mapped'
import { compile, NO_GCC } from '../system/support/c-program.js'
import { NO_DOOR } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { produceElsewhere } from './support/process.js'

/** What the producer in C writes into each record before its number. */
const MARK = 0xc
const NO_WAKEUP = '1'
const FORCE_WAKEUP = '2'

describe('programs in C', { skip: NO_DOOR || NO_GCC }, () => {
  tidyTest('one produces, with a process of ours beside it', async () => {
    using ring = createRing()
    const consumer = openConsumer(ring, { strategy: 'park' })
    const numbers: number[] = []
    let others = 0
    const ended = Promise.all([
      endOf(start('producer', ring, '20000')),
      produceElsewhere(ring.path as string, 5000, 1),
    ]).then(() => ring.close())
    while ((await consumer.waitAsync()) !== 'closed') {
      consumer.consume((record) => {
        const words = new Uint32Array(record.buffer)
        if (words[0] !== MARK) return void others++
        const number = words[1] as number
        assert.equal(words.length * 4, 8 + (number % 50) * 4)
        assert.ok(words.subarray(1).every((word) => word === number))
        numbers.push(number)
      })
    }
    await ended
    ring.unlink()
    assert.deepEqual(numbers, [...Array(20_000).keys()])
    assert.equal(others, 5000)
    const counters = ring.counters()
    assert.ok(identityHolds(counters))
    assert.deepEqual([counters.attempted, counters.submitted, counters.inFlight], [25_000, 25_000, 0])
    assert.ok(counters.wakeups > 0)
  })

  tidyTest('one consumes, what a process of ours and one in C produce', async () => {
    using ring = createRing()
    const program = start('consumer', ring)
    const told = textOf(program)
    const ended = endOf(program)
    await Promise.all([
      endOf(start('producer', ring, '20000')),
      produceElsewhere(ring.path as string, 5000, 1),
    ])
    // Ours as well, and a discarded one between.
    const producer = openProducer(ring)
    producer.discard(producer.reserve(100))
    producer.output(new Uint8Array(new Uint32Array([77, 78]).buffer))
    ring.close()
    await ended
    ring.unlink()
    const lines = (await told).trimEnd().split('\n')
    assert.deepEqual(
      lines.filter((line) => line.startsWith(`${MARK} `)),
      Array.from({ length: 20_000 }, (_, i) => [MARK, ...Array(1 + (i % 50)).fill(i)].join(' ')),
    )
    assert.deepEqual(
      lines.filter((line) => line.startsWith('1 ')).map((line) => Number(line.split(' ')[1])),
      [...Array(5000).keys()],
    )
    assert.equal(lines.at(-1), '77 78')
    const counters = ring.counters()
    assert.ok(identityHolds(counters))
    assert.deepEqual([counters.consumed, counters.skipped], [25_001, 1])
  })

  tidyTest('a producer in C that is killed is recovered from', async () => {
    using ring = createRing()
    const consumer = openConsumer(ring)
    let next = 0
    const take = () =>
      consumer.consume((record) => {
        const number = new Uint32Array(record.buffer)[1] as number
        assert.equal(number, next)
        next = number + 1
      })
    for (let life = 0; life < 10; life++) {
      next = 0
      const program = start('producer', ring, '100000000')
      while (next < 1000) {
        consumer.wait({ timeoutMs: 100 })
        take()
        assert.equal(program.exitCode, null)
      }
      const exit = once(program, 'exit')
      program.kill('SIGKILL')
      await exit
      ring.recover()
      take()
      const counters = ring.counters()
      assert.equal(counters.inFlight, 0)
      assert.equal(counters.consumed, counters.submitted)
      assert.ok(identityHolds(counters), JSON.stringify(counters))
    }
    ring.unlink()
  })

  tidyTest('a consumer in C that is killed is replaced by one of ours', async () => {
    using ring = createRing()
    const first = start('consumer', ring)
    const told = textOf(first)
    const program = start('producer', ring, '100000')
    const ended = endOf(program)
    await once(first.stdout as NodeJS.ReadableStream, 'data')
    assert.throws(() => openConsumer(ring), { code: 'ERR_CONSUMER_TAKEN' })
    const exit = once(first, 'exit')
    first.kill('SIGKILL')
    await exit
    const consumer = openConsumer(ring)
    const numbers: number[] = []
    while (numbers.at(-1) !== 99_999) {
      await consumer.waitAsync()
      consumer.consume((record) => void numbers.push(new Uint32Array(record.buffer)[1] as number))
    }
    await ended
    ring.unlink()
    const [start_ = 0] = numbers
    assert.deepEqual(
      numbers,
      Array.from({ length: 100_000 - start_ }, (_, i) => start_ + i),
    )
    // What it has told and not released came again; nothing is missing between. Its last line may be cut off.
    const last = Number((await told).split('\n').at(-2)?.split(' ')[1])
    assert.ok(start_ <= last + 1, `it told of ${last}, and ${start_} came next`)
  })

  tidyTest('one wakes a consumer of ours as it was asked to', async () => {
    using ring = createRing()
    const consumer = openConsumer(ring, { strategy: 'park' })
    const wait = async (flags: string, timeoutMs: number) => {
      const waiting = consumer.waitAsync({ timeoutMs })
      // It sleeps by the time that anything is sent.
      await new Promise((resolve) => setTimeout(resolve, 50))
      const ended = endOf(start('producer', ring, '1', flags))
      const outcome = await waiting
      const { wakeups } = ring.counters()
      await ended
      consumer.consume(() => {})
      return { outcome, wakeups }
    }
    assert.deepEqual(await wait('0', 10_000), { outcome: 'ready', wakeups: 1 })
    // It is there when the time is over, and nobody was woken for it.
    assert.deepEqual(await wait(NO_WAKEUP, 500), { outcome: 'ready', wakeups: 1 })
    assert.deepEqual(await wait(FORCE_WAKEUP, 10_000), { outcome: 'ready', wakeups: 2 })
    ring.unlink()
  })
})

function createRing(): MappedRing {
  return createMappedRing({ size: 4096, file: `bpf-ringbuf-test-${randomUUID()}` })
}

function start(program: 'producer' | 'consumer', ring: MappedRing, ...words: string[]): ChildProcess {
  return spawn(compile(`mapped/native/${program}`), [ring.path as string, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function endOf(program: ChildProcess): Promise<void> {
  const [code, signal] = program.exitCode === null ? await once(program, 'exit') : [program.exitCode]
  assert.equal(code, 0, `it ended with ${code ?? signal}`)
}

async function textOf({ stdout }: ChildProcess): Promise<string> {
  const parts: Buffer[] = []
  stdout?.on('data', (part) => parts.push(part))
  await once(stdout as NodeJS.ReadableStream, 'end')
  return Buffer.concat(parts).toString()
}
