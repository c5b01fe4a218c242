/** What other runtimes lack, taken away from this one: in a process of its own each time. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const PRELUDE = `
  import { attachRing, createRing, openConsumer, openProducer } from 'bpf-ringbuf'
  const make = (options) => {
    const ring = createRing({ size: 4096, ...options })
    return { ring, producer: openProducer(ring), consumer: openConsumer(ring) }
  }
  const fill = (producer) => { while (producer.output(new Uint8Array(8)) === 0); }
  const attempt = (act) => { try { return act() } catch (error) { return error.code ?? error.message } }
`

/** What the program prints where these globals are missing. It must end by itself, and in time. */
async function outputOf(program: string, missing: readonly string[] = []): Promise<string[]> {
  const before = missing.map((name) => `delete globalThis.${name};`).join('')
  const preload = `data:text/javascript,${before}`
  const args = ['--import', preload, '--input-type=module', '--eval', `${PRELUDE}\n${program}`]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 20_000 })
  return stdout.trim().split('\n')
}

describe('a process', { concurrency: true }, () => {
  test('stays alive while it waits, and ends after', async () => {
    assert.deepEqual(
      await outputOf(`
        const { producer, consumer } = make({})
        console.log(await consumer.waitAsync({ timeoutMs: 150 }))
        fill(producer)
        console.log(await producer.waitForRoomAsync(8, 150))
      `),
      ['timeout', 'false'],
    )
  })

  test('stays alive for a record that comes from a thread which keeps nothing alive', async () => {
    assert.deepEqual(
      await outputOf(`
        import { Worker } from 'node:worker_threads'
        const { ring, consumer } = make({})
        const worker = new Worker(\`
          import { workerData } from 'node:worker_threads'
          import { attachRing, openProducer } from 'bpf-ringbuf'
          setTimeout(() => openProducer(attachRing(workerData)).outputText('late'), 150)
        \`, { eval: true, workerData: ring.handle })
        worker.unref()
        console.log(await consumer.waitAsync(), Buffer.from(consumer.read()).toString())
      `),
      ['ready late'],
    )
  })

  test('reserves, consumes and measures time where an AudioWorklet lacks what others have', async () => {
    assert.deepEqual(
      await outputOf(
        `
        import { decodeText } from 'bpf-ringbuf'
        const there = ['TextEncoder', 'TextDecoder', 'performance', 'atob'].map((name) => typeof globalThis[name])
        const { ring, producer, consumer } = make({ name: 'Grüße' })
        console.log(new Set(there).size, there[0], attachRing(ring.handle).name, ring.engine, ring.inspect().records.length)
        fill(producer)
        console.log(producer.waitForRoom(8, 20), ring.flush({ timeoutMs: 20 }), consumer.consumeRaw(() => {}) > 0)
        producer.outputText('世界 🌍')
        consumer.consumeRaw((memory, offset, length) => console.log(decodeText(memory, offset, length)))
        console.log(consumer.wait({ timeoutMs: 20 }))
      `,
        [
          'TextEncoder',
          'TextDecoder',
          'performance',
          'atob',
          'setTimeout',
          'MessageChannel',
          'queueMicrotask',
        ],
      ),
      ['1 undefined Grüße wasm 0', 'false false true', '世界 🌍', 'timeout'],
    )
  })

  test('waits by looking, where Atomics.waitAsync is missing', async () => {
    assert.deepEqual(
      await outputOf(`
        delete Atomics.waitAsync
        const { ring, producer, consumer } = make({})
        console.log(await consumer.waitAsync({ timeoutMs: 20 }))
        setTimeout(() => producer.outputText('x'), 20)
        console.log(await consumer.waitAsync())
        fill(producer)
        setTimeout(() => consumer.consume(() => {}), 20)
        console.log(await producer.waitForRoomAsync(8))
        setTimeout(() => ring.close(), 20)
        console.log(await consumer.waitAsync())
      `),
      ['timeout', 'ready', 'true', 'closed'],
    )
  })

  for (const reservations of ['claim', 'lock']) {
    test(`does all but block, where blocking is forbidden: ${reservations}`, async () => {
      assert.deepEqual(
        await outputOf(`
          Atomics.wait = () => { throw new TypeError('Atomics.wait cannot be called in this context') }
          const { ring, producer, consumer } = make({ reservations: '${reservations}' })
          console.log(attempt(() => consumer.wait()))
          console.log(attempt(() => consumer.wait({ timeoutMs: 0 })))
          fill(producer)
          console.log(attempt(() => producer.waitForRoom(8)))
          console.log(attempt(() => producer.reserveBlocking(8)))
          console.log(consumer.consume(() => {}), producer.reserveBlocking(8) !== 0)
          setTimeout(() => producer.outputText('x'), 10)
          console.log(consumer.waitBusy({ timeoutMs: 1 }), await consumer.waitAsync({ timeoutMs: 5 }))
          ring.close()
        `),
        [
          'ERR_CANNOT_BLOCK',
          'ERR_CANNOT_BLOCK',
          'ERR_CANNOT_BLOCK',
          'ERR_CANNOT_BLOCK',
          '255 true',
          'timeout timeout',
        ],
      )
    })
  }

  test('looks for a lock that another holds, where it may not park on it', async () => {
    assert.deepEqual(
      await outputOf(`
        import { Worker } from 'node:worker_threads'
        Atomics.wait = () => { throw new TypeError('Atomics.wait cannot be called in this context') }
        const { ring, producer } = make({ reservations: 'lock' })
        const lock = producer.memory.i32
        lock[64] = 1
        new Worker(\`
          import { workerData } from 'node:worker_threads'
          setTimeout(() => { Atomics.exchange(workerData, 64, 0); Atomics.notify(workerData, 64) }, 100)
        \`, { eval: true, workerData: lock })
        console.log(producer.reserve(8) !== 0, lock[64], ring.counters().attempted)
      `),
      ['true 0 1'],
    )
  })

  test('looks for another that is about to reserve, where it may not park, but not for ever', async () => {
    assert.deepEqual(
      await outputOf(`
        import { Worker } from 'node:worker_threads'
        import { CLEAN_POSITION, PRODUCER_POSITION, RESERVING_BIT } from './dist/abi/region.js'
        Atomics.wait = () => { throw new TypeError('Atomics.wait cannot be called in this context') }
        const { ring, producer } = make({ reservations: 'claim' })
        const words = producer.memory.i32
        const position = PRODUCER_POSITION >>> 2
        words[CLEAN_POSITION >>> 2] = 4096
        words[position] = RESERVING_BIT
        new Worker(\`
          import { workerData } from 'node:worker_threads'
          const { words, position } = workerData
          setTimeout(() => { Atomics.store(words, position, 0); Atomics.notify(words, position) }, 100)
        \`, { eval: true, workerData: { words, position } })
        console.log(producer.output(new Uint8Array(8)), ring.counters().dropped)
        words[position] |= RESERVING_BIT
        console.log(producer.output(new Uint8Array(8)), producer.reason, ring.counters().dropped)
      `),
      ['0 0', '-11 contended 1'],
    )
  })
})
