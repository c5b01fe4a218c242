/** eventfd, epoll, poll and futex, in one thread: what is ready, what is not, and how long it takes. */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import * as constants from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { mapAnonymous } from '#dist/system/map.js'
import { inSlices, SLICE_MS } from '#dist/system/slices.js'
import type { PollItem } from '#dist/system/system.js'
import { door, NO_DOOR } from './support/door.js'
import { mustRefuse, mustSucceed } from './support/errors.js'
import { tidyTest } from './support/leaks.js'

const { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EPOLLIN, EPOLLONESHOT, EPOLLOUT } = constants
const { POLLIN, POLLNVAL, POLLOUT } = constants
/** No descriptor has this number. */
const NONE = 1_000_000

const eventfd = (initial = 0) => Descriptor.own(door, door.eventfd(initial), 'eventfd2', 'bell')
const epollCreate = () => Descriptor.own(door, door.epollCreate(), 'epoll_create1', 'epoll')

/** Milliseconds that something took. */
function took(body: () => void): number {
  const start = performance.now()
  body()
  return performance.now() - start
}

describe('eventfd', { skip: NO_DOOR }, () => {
  tidyTest('adds what is written, and gives it once', () => {
    using bell = eventfd(3)
    assert.equal(door.eventfdWrite(bell.fd, 4), 0)
    assert.equal(door.eventfdRead(bell.fd), 7)
    mustRefuse(door.eventfdRead(bell.fd), 'EAGAIN')
  })

  tidyTest('EBADF, EINVAL, EAGAIN when it is full', () => {
    mustRefuse(door.eventfdWrite(NONE, 1), 'EBADF')
    mustRefuse(door.eventfdRead(NONE), 'EBADF')
    mustRefuse(door.eventfd(0, 0x77), 'EINVAL')
    using bell = eventfd()
    mustSucceed(door.eventfdWrite(bell.fd, 2 ** 52))
    for (let i = 0; i < 4094; i++) mustSucceed(door.eventfdWrite(bell.fd, 2 ** 52))
    mustRefuse(door.eventfdWrite(bell.fd, 2 ** 52), 'EAGAIN')
  })
})

describe('epoll', { skip: NO_DOOR }, () => {
  tidyTest('tells which are ready, by their tags', () => {
    using epoll = epollCreate()
    using one = eventfd()
    using other = eventfd()
    assert.equal(door.epollControl(epoll.fd, EPOLL_CTL_ADD, one.fd, EPOLLIN, 7), 0)
    assert.equal(door.epollControl(epoll.fd, EPOLL_CTL_ADD, other.fd, EPOLLIN | EPOLLOUT, 0xffff_fffe), 0)
    const ready = new Uint32Array(8)
    assert.equal(door.epollWait(epoll.fd, ready, 0), 1)
    assert.deepEqual([...ready.subarray(0, 2)], [EPOLLOUT, 0xffff_fffe])
    door.eventfdWrite(one.fd, 1)
    assert.equal(door.epollWait(epoll.fd, ready, 0), 2)
    const found = new Map([
      [ready[1], ready[0]],
      [ready[3], ready[2]],
    ])
    assert.deepEqual([found.get(7), found.get(0xffff_fffe)], [EPOLLIN, EPOLLOUT])
    assert.equal(door.epollWait(epoll.fd, ready.subarray(0, 2), 0), 1, 'no more than there is room for')
  })

  tidyTest('one event, until it is asked for again', () => {
    using epoll = epollCreate()
    using bell = eventfd(1)
    const ready = new Uint32Array(2)
    const control = (operation: number) =>
      door.epollControl(epoll.fd, operation, bell.fd, EPOLLIN | EPOLLONESHOT, 1)
    assert.equal(control(EPOLL_CTL_ADD), 0)
    assert.equal(door.epollWait(epoll.fd, ready, 0), 1)
    assert.equal(door.epollWait(epoll.fd, ready, 0), 0)
    assert.equal(control(EPOLL_CTL_MOD), 0)
    assert.equal(door.epollWait(epoll.fd, ready, 0), 1)
    assert.equal(control(EPOLL_CTL_DEL), 0)
    mustRefuse(control(EPOLL_CTL_DEL), 'ENOENT')
  })

  tidyTest('EBADF, EEXIST, EINVAL, EPERM for files', () => {
    using epoll = epollCreate()
    using bell = eventfd()
    const add = (fd: number) => door.epollControl(epoll.fd, EPOLL_CTL_ADD, fd, EPOLLIN, 0)
    assert.equal(add(bell.fd), 0)
    mustRefuse(add(bell.fd), 'EEXIST')
    mustRefuse(add(NONE), 'EBADF')
    mustRefuse(add(epoll.fd), 'EINVAL')
    using file = Descriptor.own(door, door.memfdCreate('file', 0), 'memfd_create', 'file')
    mustRefuse(add(file.fd), 'EPERM')
    mustRefuse(door.epollWait(NONE, new Uint32Array(2), 0), 'EBADF')
    mustRefuse(door.epollWait(bell.fd, new Uint32Array(2), 0), 'EINVAL')
    mustRefuse(door.epollWait(epoll.fd, new Uint32Array(1), 0), 'EINVAL')
  })

  tidyTest('time runs out: over several slices, and no earlier', () => {
    using epoll = epollCreate()
    const ready = new Uint32Array(2)
    const ms = took(() => assert.equal(door.epollWait(epoll.fd, ready, 250.5), 0))
    assert.ok(ms >= 250 && ms < 2000, `${ms} ms`)
    const late = { untilMs: performance.now() - 5 }
    assert.ok(took(() => assert.equal(door.epollWait(epoll.fd, ready, late), 0)) < 50)
  })
})

describe('poll', { skip: NO_DOOR }, () => {
  tidyTest('finds what is readable, what is writable, and what is no descriptor', () => {
    using full = eventfd(1)
    using empty = eventfd()
    const items: PollItem[] = [
      { fd: full.fd, events: POLLIN, found: 0 },
      { fd: empty.fd, events: POLLIN, found: 99 },
      { fd: empty.fd, events: POLLIN | POLLOUT, found: 0 },
      { fd: NONE, events: POLLIN, found: 0 },
      { fd: -1, events: POLLIN, found: 99 },
    ]
    assert.equal(door.poll(items, 1000), 3)
    assert.deepEqual(
      items.map(({ found }) => found),
      [POLLIN, 0, POLLOUT, POLLNVAL, 0],
    )
  })

  tidyTest('time runs out, by a moment too', () => {
    using bell = eventfd()
    const item = { fd: bell.fd, events: POLLIN, found: 99 }
    const limit = { untilMs: performance.now() + 150 }
    const ms = took(() => assert.equal(door.poll([item], limit), 0))
    assert.ok(ms >= 149 && ms < 2000, `${ms} ms`)
    assert.equal(item.found, 0)
    assert.ok(took(() => assert.equal(door.poll([], 30), 0)) >= 29)
    const many = Array.from({ length: 2000 }, () => item)
    mustRefuse(door.poll(many, 0), 'EINVAL')
  })
})

describe('futex', { skip: NO_DOOR }, () => {
  tidyTest('EAGAIN, ETIMEDOUT, EINVAL, EFAULT', () => {
    using memory = mapAnonymous(door, 'words', 4096)
    memory.words[0] = -5
    mustRefuse(door.futexWait(memory.address, 1, Number.POSITIVE_INFINITY), 'EAGAIN')
    const ms = took(() => mustRefuse(door.futexWait(memory.address, 0xffff_fffb, 150), 'ETIMEDOUT'))
    assert.ok(ms >= 149 && ms < 2000, `${ms} ms`)
    const limit = { untilMs: performance.now() + 20 }
    assert.ok(took(() => mustRefuse(door.futexWait(memory.address, 0xffff_fffb, limit), 'ETIMEDOUT')) >= 19)
    mustRefuse(door.futexWait(memory.address + 1, 0, 0), 'EINVAL')
    mustRefuse(door.futexWait(8, 0, 0), 'EFAULT')
    mustRefuse(door.futexWake(8, 1), 'EFAULT')
    assert.equal(door.futexWake(memory.address, 1), 0)
  })
})

describe('slices', () => {
  tidyTest('what takes long is tried in slices, until there is an answer', () => {
    const asked: number[] = []
    const answer = inSlices(
      Number.POSITIVE_INFINITY,
      (ms) => {
        asked.push(ms)
        return asked.length < 4 ? undefined : 42
      },
      0,
    )
    assert.equal(answer, 42)
    assert.deepEqual(asked, [SLICE_MS, SLICE_MS, SLICE_MS, SLICE_MS])
  })

  tidyTest('without time it is tried once; a time that is none ends', () => {
    for (const limit of [0, -5, Number.NaN, { untilMs: 0 }, { untilMs: Number.NaN }]) {
      let tries = 0
      const count = () => {
        tries++
        return undefined
      }
      assert.equal(inSlices(limit, count, -1), -1)
      assert.equal(tries, 1)
    }
  })
})
