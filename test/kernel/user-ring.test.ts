import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { openConsumer } from 'bpf-ringbuf'
import { openKernelRing, openUserRing, type UserRing } from 'bpf-ringbuf/kernel'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { DrainProgram } from './support/drain-program.js'

const E2BIG = 7
const EINVAL = 22
const ENOSPC = 28
const NO_WAKEUP = 1
const FORCE_WAKEUP = 2

interface Stage {
  readonly program: DrainProgram
  readonly user: UserRing
  /** What the program has drained, in order. */
  drained(): number[]
}

function userTest(name: string, body: (stage: Stage) => void | Promise<void>, bytes = 4096): void {
  tidyTest(name, async () => {
    using program = new DrainProgram(bytes)
    using user = openUserRing(program.userRing)
    using ring = openKernelRing(program.ring)
    const consumer = openConsumer(ring)
    const drained = () =>
      [...consumer].map((record) => Number(new DataView(record.buffer).getBigUint64(0, true)))
    await body({ program, user, drained })
  })
}

/** Reserves a record and writes a number to it. */
function reserve(user: UserRing, value: number, bytes = 8): number {
  const address = user.reserve(bytes)
  assert.notEqual(address, 0)
  if (bytes >= 8) new DataView(user.memory.u8.buffer).setBigUint64(address, BigInt(value), true)
  return address
}

describe('a user ring', { skip: NO_BPF }, () => {
  userTest('what is submitted is drained in order of reservation, what is discarded is not', (stage) => {
    const { program, user, drained } = stage
    const [one, two, three] = [reserve(user, 1), reserve(user, 2), reserve(user, 3)]
    assert.equal(user.submit(three), 0)
    assert.equal(program.drain(), 0)
    assert.equal(user.discard(two), 0)
    assert.equal(user.submit(one), 0)
    assert.equal(program.drain(), 2)
    assert.deepEqual(drained(), [1, 3])
    assert.deepEqual(user.positions(), { consumer: 48, producer: 48 })
  })

  userTest('it can be filled to the last byte, as libbpf does', ({ program, user, drained }) => {
    assert.equal(user.largestPayload, 4088)
    const address = reserve(user, 9, 4088)
    assert.equal(user.roomBytes, 0)
    assert.deepEqual([user.reserve(0), user.errno], [0, ENOSPC])
    user.submit(address)
    assert.equal(program.drain(), 1)
    assert.deepEqual(drained(), [9])
    assert.notEqual(user.reserve(0), 0)
    assert.equal(user.errno, 0)
  })

  userTest('what can never fit is E2BIG, what is nothing of the sort EINVAL', ({ user }) => {
    for (const size of [4089, 2 ** 30, 2 ** 31, 2 ** 32, -1, 1.5, Number.NaN]) {
      assert.deepEqual([user.reserve(size), user.errno], [0, E2BIG], `${size}`)
    }
    const address = reserve(user, 1)
    for (const wrong of [0, 1, address + 4, address + 8, 12288 + 4096, -8, Number.NaN]) {
      assert.equal(user.submit(wrong), -EINVAL, `${wrong}`)
    }
    assert.equal(user.submit(address), 0)
    assert.equal(user.submit(address), -EINVAL)
    assert.equal(user.discard(address), -EINVAL)
    assert.equal(user.output(new Uint8Array(5000)), -E2BIG)
  })

  userTest(
    'in a larger ring, no longer than programs are given',
    ({ program, user, drained }) => {
      const most = 2 ** 24 - 1
      assert.equal(user.largestPayload, most)
      assert.deepEqual([user.reserve(most + 1), user.errno], [0, E2BIG])
      user.submit(reserve(user, 5, most))
      assert.equal(program.drain(), 1)
      assert.deepEqual(drained(), [5])
    },
    2 ** 25,
  )

  userTest('records that wrap, thousands of them', ({ program, user, drained }) => {
    for (let i = 0; i < 5000; i++) {
      const address = reserve(user, i, 8 + (i % 200))
      assert.equal(user.submit(address), 0)
      assert.equal(program.drain(), 1)
      if (i % 500 === 499)
        assert.deepEqual(
          drained(),
          Array.from({ length: 500 }, (_, k) => i - 499 + k),
        )
    }
  })

  userTest('waiting for room, blocking: the time passes', ({ user }) => {
    reserve(user, 1, 4088)
    const start = performance.now()
    assert.deepEqual([user.reserveBlocking(8, 60), user.errno], [0, ENOSPC])
    assert.ok(performance.now() - start >= 59)
    assert.deepEqual([user.reserveBlocking(8, 0), user.errno], [0, ENOSPC])
    assert.deepEqual([user.reserveBlocking(5000), user.errno], [0, E2BIG])
    assert.throws(() => user.reserveBlocking(8, -2), { code: 'ERR_INVALID_ARGUMENT' })
  })

  userTest('waiting for room: woken by the drain, but not by one that says NO_WAKEUP', async (stage) => {
    const { program, user } = stage
    user.submit(reserve(user, 1, 4088))
    const waiting = user.reserveAsync(8, 5000)
    setTimeout(() => program.drain(), 20)
    const start = performance.now()
    assert.notEqual(await waiting, 0)
    assert.ok(performance.now() - start < 2000)
    // The record above is busy now: the rest, and then no room.
    user.submit(user.reserve(4072))
    const silent = user.reserveAsync(4072, 300)
    setTimeout(() => program.drain(NO_WAKEUP), 20)
    assert.equal(await silent, 0)
    const forced = user.reserveAsync(4072, 200)
    setTimeout(() => assert.equal(program.drain(FORCE_WAKEUP), 0), 20)
    assert.equal(await forced, 0)
  })

  userTest('several can wait for room, and all are woken', async ({ program, user }) => {
    user.submit(reserve(user, 1, 4088))
    const waiting = [8, 16, 24].map((bytes) => user.reserveAsync(bytes, 5000))
    await new Promise((resolve) => setTimeout(resolve, 20))
    const start = performance.now()
    assert.equal(program.drain(), 1)
    // Before the event loop has heard of it: who asks now must not take it from the others.
    waiting.push(user.reserveAsync(32, 5000))
    const addresses = await Promise.all(waiting)
    assert.ok(performance.now() - start < 2000)
    assert.equal(new Set(addresses).size, 4)
    assert.ok(!addresses.includes(0))
  })

  userTest('closed, nobody waits for room any more', async ({ user }) => {
    reserve(user, 1, 4088)
    const waiting = [user.reserveAsync(8), user.reserveAsync(8)]
    setTimeout(() => user.close(), 20)
    for (const one of waiting) await assert.rejects(one, { code: 'ERR_RESOURCE_CLOSED' })
  })

  userTest('opened anew, it goes on', ({ program, user, drained }) => {
    user.submit(reserve(user, 1))
    user.close()
    user.close()
    assert.throws(() => user.reserve(8), { code: 'ERR_RESOURCE_CLOSED' })
    using again = openUserRing(program.userRing.fd)
    again.submit(reserve(again, 2))
    assert.equal(program.drain(), 2)
    assert.deepEqual(drained(), [1, 2])
    assert.equal(again.name, 'test_ring')
  })

  userTest('opened twice, it is one ring', ({ program, user, drained }) => {
    using other = openUserRing(program.userRing)
    const numbers = Array.from({ length: 300 }, (_, i) => i)
    for (const i of numbers) {
      const end = i % 3 === 0 ? other : user
      assert.equal(end.submit(reserve(end, i, 8 + i)), 0)
      if (i % 5 === 4) assert.equal(program.drain(), 5)
    }
    assert.deepEqual(drained(), numbers)
    assert.deepEqual(user.positions(), other.positions())
  })

  tidyTest('each kind is opened by its own function', () => {
    using program = new DrainProgram(4096)
    assert.throws(() => openUserRing(program.ring), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /'test_ring' is of type ringbuf, not user_ringbuf/,
    })
    assert.throws(() => openKernelRing(program.userRing), { code: 'ERR_INVALID_ARGUMENT' })
  })

  tidyTest('damage is found at opening', () => {
    using program = new DrainProgram(4096)
    using user = openUserRing(program.userRing)
    new BigInt64Array(user.memory.u8.buffer)[8192 / 8] = 13n
    assert.throws(() => openUserRing(program.userRing), { code: 'ERR_RING_DAMAGED' })
    assert.equal(program.drain(), -EINVAL)
  })
})
