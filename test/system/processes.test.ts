/** Memory, descriptors and sleeping words that processes share. */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import * as constants from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { isAlive } from '#dist/system/liveness.js'
import { mapFile } from '#dist/system/map.js'
import { door, NO_DOOR } from './support/door.js'
import { mustRefuse, mustSucceed, mustThrow } from './support/errors.js'
import { tidyTest } from './support/leaks.js'
import { Program } from './support/process.js'

const SIGKILL = 9

function memfd(): Descriptor {
  const file = Descriptor.own(
    door,
    door.memfdCreate('shared', constants.MFD_CLOEXEC),
    'memfd_create',
    'shared',
  )
  mustSucceed(door.ftruncate(file.fd, 4096))
  return file
}

const pidfdOf = (pid: number) => Descriptor.own(door, door.pidfdOpen(pid), 'pidfd_open', `process ${pid}`)

describe('processes', { skip: NO_DOOR }, () => {
  tidyTest('share a memfd by an inherited descriptor: atomics count what both did', async () => {
    using file = memfd()
    using shared = mapFile(door, file.fd, 'shared', { length: 4096 })
    const ROUNDS = 100_000
    const child = new Program(
      `
      const { words, longs } = mapFile(loadSystem(), 3, 'inherited', { length: 4096 })
      Atomics.store(words, 8, 1)
      for (let i = 0; i < ${ROUNDS}; i++) { Atomics.add(words, 0, 1); Atomics.add(longs, 1, 1n) }
      console.log('done')`,
      [file.fd],
    )
    const { words, longs } = shared
    // Not before the other has begun, so that both are at it.
    while (Atomics.load(words, 8) === 0) await new Promise((resolve) => setImmediate(resolve))
    for (let i = 0; i < ROUNDS; i++) {
      Atomics.add(words, 0, 1)
      Atomics.add(longs, 1, 1n)
    }
    assert.equal(await child.line(), 'done')
    assert.deepEqual([words[0], longs[1]], [2 * ROUNDS, BigInt(2 * ROUNDS)])
    assert.equal((await child.end()).code, 0)
  })

  tidyTest('share a memfd by pidfd_getfd', async () => {
    const child = new Program(`
      const system = loadSystem()
      const file = Descriptor.own(system, system.memfdCreate('theirs', 0), 'memfd_create', 'theirs')
      system.ftruncate(file.fd, 4096)
      const { words } = mapFile(system, file.fd, 'theirs', { length: 4096 })
      words[0] = 1234
      console.log(file.fd)
      process.stdin.once('data', () => { console.log(words[1]); process.exit() })`)
    const number = Number(await child.line())
    using process = pidfdOf(child.pid)
    mustRefuse(door.pidfdGetfd(process.fd, 1_000_000), 'EBADF')
    using file = Descriptor.own(door, door.pidfdGetfd(process.fd, number), 'pidfd_getfd', 'theirs')
    assert.equal(door.fcntl(file.fd, constants.F_GETFD, 0), constants.FD_CLOEXEC)
    using shared = mapFile(door, file.fd, 'theirs', { length: 4096 })
    assert.equal(shared.words[0], 1234)
    shared.words[1] = 4321
    child.child.stdin?.write('look\n')
    assert.equal(await child.line(), '4321')
    await child.end()
  })

  tidyTest('wake each other by a futex, from a sleep of several slices', async () => {
    using file = memfd()
    using shared = mapFile(door, file.fd, 'shared', { length: 4096 })
    const child = new Program(
      `
      const system = loadSystem(), shared = mapFile(system, 3, 'shared', { length: 4096 })
      console.log('sleeps')
      console.log(system.futexWait(shared.address + 8, 0, 20_000))
      shared.words[4] = 1
      system.futexWake(shared.address + 16, 1)`,
      [file.fd],
    )
    assert.equal(await child.line(), 'sleeps')
    await new Promise((resolve) => setTimeout(resolve, 250))
    // Between two slices nobody sleeps, for a moment; a waker by the rules changes the word first.
    let woken = 0
    const end = performance.now() + 10_000
    while (woken === 0 && performance.now() < end) woken = door.futexWake(shared.address + 8, 1)
    assert.equal(woken, 1)
    assert.equal(await child.line(), '0')
    const answer = door.futexWait(shared.address + 16, 0, 20_000)
    assert.ok(answer === 0 || answer === -11, `${answer}`)
    assert.equal(shared.words[4], 1)
    await child.end()
  })

  tidyTest('are known to live, and to have ended, even before anybody has waited for them', async () => {
    const child = new Program(`console.log('lives'); setInterval(() => {}, 1000)`)
    using process = pidfdOf(child.pid)
    await child.line()
    assert.equal(isAlive(door, process.fd), true)
    assert.equal(door.pidfdSendSignal(process.fd, 0), 0)
    assert.equal(door.pidfdSendSignal(process.fd, SIGKILL), 0)
    const item = { fd: process.fd, events: constants.POLLIN, found: 0 }
    // This thread has not let Node reap it yet.
    assert.equal(door.poll([item], 10_000), 1)
    assert.equal(isAlive(door, process.fd), false)
    assert.equal((await child.end()).signal, 'SIGKILL')
    assert.equal(isAlive(door, process.fd), false)
    mustRefuse(door.pidfdSendSignal(process.fd, 0), 'ESRCH')
    mustRefuse(door.pidfdGetfd(process.fd, 0), 'ESRCH')
    mustRefuse(door.pidfdOpen(child.pid), 'ESRCH')
  })

  tidyTest('that are none: EINVAL, EBADF', () => {
    mustRefuse(door.pidfdOpen(-1), 'EINVAL')
    mustRefuse(door.pidfdOpen(0), 'EINVAL')
    mustRefuse(door.pidfdGetfd(1_000_000, 0), 'EBADF')
    mustRefuse(door.pidfdSendSignal(1_000_000, 0), 'EBADF')
    using file = memfd()
    mustRefuse(door.pidfdSendSignal(file.fd, 0), 'EBADF')
    for (const fd of [file.fd, 1_000_000]) {
      const error = mustThrow('ERR_SYSTEM', () => isAlive(door, fd))
      assert.equal(error.message, `pidfd_send_signal pidfd ${fd}: EBADF`)
    }
  })

  tidyTest('a thread has a number, the first that of its process', () => {
    assert.equal(door.threadId(), process.pid)
  })
})
