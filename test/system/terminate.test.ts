/** Workers end when they are told to, whatever they wait in, and take nothing with them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { NO_DOOR } from './support/door.js'
import { runProgram, startWorker } from './support/process.js'

/** A slice, and time for a busy machine; a call that is not sliced would block for ever. */
const MOST_MS = 2000

const SLEEPS: Readonly<Record<string, string>> = {
  futex: `const m = mapAnonymous(system, 'word', 4096); sleep = () => system.futexWait(m.address, 0, Infinity)`,
  epoll: `const fd = system.epollCreate(); sleep = () => system.epollWait(fd, new Uint32Array(2), Infinity)`,
  poll: `const fd = system.eventfd(0); sleep = () => system.poll([{ fd, events: 1, found: 0 }], Infinity)`,
}

const WATCH = `const system = loadSystem(), bell = system.eventfd(0), watch = new Watch(system, bell, 'bell', () => {});`

describe('a worker', { skip: NO_DOOR, concurrency: 3 }, () => {
  for (const [name, sleep] of Object.entries(SLEEPS)) {
    test(`that sleeps in ${name} is terminated`, async () => {
      const worker = startWorker(`
        const system = loadSystem(); let sleep
        ${sleep}
        parentPort.postMessage('sleeps')
        parentPort.postMessage(sleep())`)
      const said: unknown[] = []
      worker.on('message', (message) => said.push(message))
      await once(worker, 'message')
      await new Promise((resolve) => setTimeout(resolve, 150))
      const start = performance.now()
      await worker.terminate()
      const ms = performance.now() - start
      assert.ok(ms < MOST_MS, `${ms} ms`)
      assert.deepEqual(said, ['sleeps'], 'it slept until then')
    })
  }

  // In a process of their own, because an event loop that is left in disorder ends the process.
  const ENDS: Readonly<Record<string, [string, string]>> = {
    'is terminated': [`${WATCH} parentPort.postMessage('watches')`, 'worker.terminate()'],
    'has nothing else to do': [`${WATCH} watch.unref(); parentPort.postMessage('watches')`, ''],
    exits: [`${WATCH} setTimeout(() => process.exit(), 30); parentPort.postMessage('watches')`, ''],
    throws: [`${WATCH} setTimeout(() => { throw 0 }, 30); parentPort.postMessage('watches')`, ''],
  }
  for (const [how, [program, then]] of Object.entries(ENDS)) {
    test(`that watches, and ${how}, ends, and the process goes on`, async () => {
      const text = JSON.stringify(program)
      const support = JSON.stringify(new URL('./support/process.js', import.meta.url).href)
      const { output, errors, signal } = await runProgram(`
        const { startWorker } = await import(${support})
        for (let i = 0; i < 3; i++) {
          const worker = startWorker(${text})
          worker.on('error', () => {})
          const ended = new Promise((resolve) => worker.on('exit', resolve))
          await new Promise((resolve) => worker.once('message', resolve))
          // Longer than its watcher takes to load koffi: docs/design/0007 says why.
          await new Promise((resolve) => setTimeout(resolve, 150))
          const start = performance.now()
          ${then}
          await ended
          process.stdout.write(performance.now() - start < ${MOST_MS} ? 'ended ' : 'late ')
        }`)
      assert.deepEqual([output, signal], ['ended ended ended ', null], errors)
    })
  }

  test('wakes its own event loop', async () => {
    const worker = startWorker(`${WATCH}
      watch.close()
      let rung = 0
      const heard = new Watch(system, bell, 'bell', () => {
        rung += system.eventfdRead(bell)
        if (rung < 5) system.eventfdWrite(bell, 1)
        else { heard.close(); parentPort.postMessage(rung) }
      })
      system.eventfdWrite(bell, 1)`)
    // Both may come at once.
    const ended = once(worker, 'exit')
    const [rung] = await once(worker, 'message')
    assert.equal(rung, 5)
    await ended
  })
})
