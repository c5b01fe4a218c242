/** Who may share a ring: workers of a cluster, and programs that have nothing to do with each other. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import cluster, { type Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identityHolds, openConsumer } from 'bpf-ringbuf'
import { createMappedRing, openMappedRing } from 'bpf-ringbuf/mapped'
import { NO_DOOR } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import type { Order } from './support/cluster-worker.js'

describe('who shares a ring', { skip: NO_DOOR }, () => {
  tidyTest('workers of a cluster produce, the primary consumes', async () => {
    using ring = createMappedRing({ size: 4096 })
    cluster.setupPrimary({ exec: fileURLToPath(new URL('./support/cluster-worker.js', import.meta.url)) })
    const records = 3000
    const workers: Worker[] = [cluster.fork(), cluster.fork()]
    const order: Order = { handle: ring.handle, records }
    for (const worker of workers) worker.once('message', () => worker.send(order))
    const ended = Promise.all(workers.map((worker) => once(worker, 'exit'))).then((exits) => {
      ring.close()
      return exits
    })
    const next = new Map<number, number>()
    const consumer = openConsumer(ring)
    while ((await consumer.waitAsync()) !== 'closed') {
      consumer.consume((record) => {
        const [worker = 0, number] = new Uint32Array(record.buffer)
        assert.equal(number, next.get(worker) ?? 0)
        next.set(worker, (next.get(worker) ?? 0) + 1)
      })
    }
    assert.deepEqual(await ended, [
      [0, null],
      [0, null],
    ])
    assert.deepEqual([...next.values()], [records, records])
    assert.ok(identityHolds(ring.counters()))
  })

  tidyTest('eight programs create one ring at once: one does, and all have the same', async () => {
    const file = `bpf-ringbuf-test-${randomUUID()}`
    const program = `
      import { openProducer } from 'bpf-ringbuf'
      import { createMappedRing } from 'bpf-ringbuf/mapped'
      const [, size] = process.argv
      const at = Number(process.env.AT)
      while (Date.now() < at);
      const ring = createMappedRing({ size: Number(size), name: size, file: '${file}', ifExists: 'open' })
      console.log(ring.name, openProducer(ring).output(new Uint8Array(8)))
    `
    const cwd = new URL('.', import.meta.url)
    const env = { ...process.env, AT: String(Date.now() + 700) }
    const programs = Array.from({ length: 8 }, (_, i) =>
      spawn(process.execPath, ['--input-type=module', '-e', program, String(4096 << i)], {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
    const said = await Promise.all(
      programs.map(async ({ stdout }) => {
        let text = ''
        for await (const part of stdout) text += part
        return text.trim()
      }),
    )
    using ring = openMappedRing(file)
    ring.unlink()
    assert.deepEqual(new Set(said), new Set([`${ring.name} 0`]))
    assert.equal(ring.size, Number(ring.name))
    assert.equal(ring.counters().submitted, 8)
  })

  tidyTest(
    'a second consumer is refused while the first lives, in another process, and not after',
    async () => {
      const file = `bpf-ringbuf-test-${randomUUID()}`
      using ring = createMappedRing({ size: 4096, file })
      const program = `
      import { openConsumer } from 'bpf-ringbuf'
      import { openMappedRing } from 'bpf-ringbuf/mapped'
      openConsumer(openMappedRing('${file}'))
      console.log('open')
      setInterval(() => {}, 1000)
    `
      const first = spawn(process.execPath, ['--input-type=module', '-e', program], {
        cwd: new URL('.', import.meta.url),
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(first.stdout, 'data')
      assert.throws(() => openConsumer(ring), { code: 'ERR_CONSUMER_TAKEN' })
      const exit = once(first, 'exit')
      first.kill('SIGKILL')
      await exit
      openConsumer(ring).close()
      ring.unlink()
    },
  )
})
