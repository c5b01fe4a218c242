/** Arenas: who shares them, what lives how long, and what is refused. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { openConsumer, openProducer, RingbufError } from 'bpf-ringbuf'
import { type Arena, attachArena, createArena, type MapSpecInput, type RingMap } from 'bpf-ringbuf/map'
import { numberOf, u32 } from '../contract/subject.js'

const HASH: MapSpecInput = { type: 'hash', maxEntries: 16, name: 'counts' }

describe('who shares an arena', () => {
  test('each has a number of its own, and finds the same maps', () => {
    using one = createArena({ size: '1 MiB', name: 'the arena', users: 3 })
    using other = attachArena(one.handle)
    assert.deepEqual([one.user, other.user, other.name, other.processors], [0, 1, 'the arena', 3])
    const map = one.create(HASH)
    map.update(u32(1), u32(7))
    const seen = other.open(map.id)
    assert.deepEqual(seen.info, map.info)
    assert.equal(numberOf(seen.lookup(u32(1))), 7)
    seen.update(u32(1), u32(8))
    assert.equal(numberOf(map.lookup(u32(1))), 8)
  })

  test('no more than it was made for, until one leaves', () => {
    using one = createArena({ size: '1 MiB', users: 2 })
    const other = attachArena(one.handle)
    assert.throws(() => attachArena(one.handle), {
      code: 'ERR_TOO_MANY_USERS',
      message: /2 threads share arena/,
    })
    other.detach()
    attachArena(one.handle).detach()
  })

  test('who has detached does nothing any more, and neither do its maps', () => {
    using one = createArena({ size: '1 MiB' })
    const other = attachArena(one.handle)
    const map = other.create(HASH)
    other.detach()
    other.detach()
    for (const use of [
      () => other.list(),
      () => other.create(HASH),
      () => other.open(1),
      () => map.lookup(u32(0)),
    ]) {
      assert.throws(use, { code: 'ERR_RESOURCE_CLOSED' })
    }
    map.close()
    assert.deepEqual(one.list(), [])
  })

  test('a thread that dies loses its place and its maps', async () => {
    using arena = createArena({ size: '1 MiB', users: 2 })
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      import('bpf-ringbuf/map').then(({ attachArena }) => {
        attachArena(workerData).create({ type: 'hash', maxEntries: 16, name: 'orphan' })
        parentPort.postMessage('made')
        setInterval(() => {}, 1000)
      })`
    const worker = new Worker(code, { eval: true, workerData: arena.handle })
    await once(worker, 'message')
    assert.deepEqual(
      arena.list().map(({ name, users }) => [name, users]),
      [['orphan', [1]]],
    )
    assert.deepEqual(arena.users(), [0, 1])
    assert.equal(arena.mend(), 0, 'it lives')
    await worker.terminate()
    assert.deepEqual(arena.users(), [0])
    assert.equal(arena.mend(), 1)
    assert.deepEqual(arena.list(), [])
    attachArena(arena.handle).detach()
  })

  test('declared gone: what it had is let go', () => {
    using arena = createArena({ size: '1 MiB' })
    const other = attachArena(arena.handle)
    other.create(HASH)
    arena.declareGone(other.user)
    assert.deepEqual([arena.users(), arena.list()], [[arena.user], []])
    assert.throws(() => arena.declareGone(arena.user), { code: 'ERR_INVALID_ARGUMENT' })
    assert.throws(() => arena.declareGone(9), { code: 'ERR_INVALID_ARGUMENT' })
  })
})

describe('how long a map lives', () => {
  test('as long as somebody has it open, however often', () => {
    using one = createArena({ size: '1 MiB' })
    using other = attachArena(one.handle)
    const map = one.create(HASH)
    const [first, second] = [other.open(map.id), other.open(map.id)]
    map.close()
    first.close()
    assert.deepEqual(
      one.list().map(({ users }) => users),
      [[other.user]],
    )
    second.close()
    second.close()
    assert.deepEqual(one.list(), [])
    assert.throws(() => one.open(map.id), { code: 'ERR_NO_SUCH_MAP' })
  })

  test('as long as a map of maps has it, which may itself go', () => {
    using arena = createArena({ size: '1 MiB' })
    for (const type of ['array_of_maps', 'hash_of_maps'] as const) {
      const outer = arena.create({ type, maxEntries: 4, inner: HASH })
      const [kept, replaced] = [arena.create(HASH), arena.create(HASH)]
      outer.update(u32(0), kept)
      outer.update(u32(1), replaced)
      kept.close()
      replaced.close()
      assert.equal(arena.list().length, 3)
      {
        using again = arena.open(kept.id)
        outer.update(u32(1), again)
      }
      assert.ok(!ids(arena).includes(replaced.id), 'what was replaced is gone')
      outer.delete(u32(0))
      assert.ok(ids(arena).includes(kept.id), 'it is in another slot')
      outer.close()
      assert.deepEqual(arena.list(), [])
    }
  })

  test('an id is never given twice', () => {
    using arena = createArena({ size: '1 MiB', maps: 1 })
    const ids = [1, 2, 3, 4].map(() => {
      const map = arena.create(HASH)
      map.close()
      return map.id
    })
    assert.equal(new Set(ids).size, 4)
  })

  test('its memory is given to others then, without what was in it', () => {
    using arena = createArena({ size: '256 KiB', users: 2 })
    for (let round = 0; round < 50; round++) {
      const map = arena.create({ type: 'array', maxEntries: 5000, valueSize: 8 })
      assert.ok(map.lookup(u32(round))?.every((byte) => byte === 0))
      map.update(u32(round), new Uint8Array(8).fill(1))
      map.close()
    }
  })
})

function ids(arena: Arena): number[] {
  return arena.list().map(({ id }) => id)
}

describe('rings in an arena', () => {
  test('are rings, which others open by their map', () => {
    using one = createArena({ size: '1 MiB' })
    using other = attachArena(one.handle)
    const map = one.create({ type: 'ringbuf', maxEntries: '64 KiB', name: 'events' })
    const theirs = other.open(map.id) as RingMap
    assert.deepEqual([map.ring.name, map.ring.size, theirs.ring.size], ['events', 65536, 65536])
    using producer = openProducer(theirs.ring)
    using consumer = openConsumer(map.ring)
    producer.output(u32(5))
    assert.deepEqual([...consumer].map(numberOf), [5])
  })

  test('end for a thread that closes their map, or detaches: their memory may be others then', () => {
    using one = createArena({ size: '1 MiB' })
    using other = attachArena(one.handle)
    const map = one.create({ type: 'ringbuf', maxEntries: 4096 })
    const theirs = other.open(map.id) as RingMap
    using ours = openProducer(map.ring)
    using away = openProducer(theirs.ring)
    using consumer = openConsumer(map.ring)
    const { ring } = map
    map.close()
    assert.throws(() => consumer.consume(() => {}), RingbufError)
    assert.throws(() => ours.output(u32(1)), { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => ring.query(0), { code: 'ERR_RESOURCE_CLOSED' })
    assert.throws(() => map.ring, { code: 'ERR_RESOURCE_CLOSED' })
    assert.equal(away.output(u32(1)), 0, 'others go on')
    other.detach()
    assert.throws(() => away.output(u32(1)), { code: 'ERR_RESOURCE_CLOSED' })
    assert.deepEqual(one.list(), [])
  })

  test('lie side by side with maps, and do not touch them', () => {
    using arena = createArena({ size: '1 MiB' })
    const before = arena.create({ type: 'array', maxEntries: 100, valueSize: 8 })
    const map = arena.create({ type: 'ringbuf', maxEntries: 4096 }, { reservations: 'lock' })
    const after = arena.create({ type: 'array', maxEntries: 100, valueSize: 8 })
    using producer = openProducer(map.ring)
    using consumer = openConsumer(map.ring)
    for (let i = 0; i < 1000; i++) {
      assert.equal(producer.output(new Uint8Array(1 + (i % 4000)).fill(255)), 0)
      assert.equal(
        consumer.consume(() => {}),
        1,
      )
    }
    for (const array of [before, after]) {
      for (const [, value] of array) assert.ok(value.every((byte) => byte === 0))
    }
  })

  test('are reached through a slot that is replaced while producers run', () => {
    using arena = createArena({ size: '1 MiB' })
    const slots = arena.create({
      type: 'array_of_maps',
      maxEntries: 1,
      inner: { type: 'ringbuf', maxEntries: 4096 },
    })
    const first = arena.create({ type: 'ringbuf', maxEntries: 4096 })
    const second = arena.create({ type: 'ringbuf', maxEntries: 65536 })
    slots.update(u32(0), first)
    using reached = arena.open(numberOf(slots.lookup(u32(0)))) as RingMap
    using producer = openProducer(reached.ring)
    first.close()
    slots.update(u32(0), second)
    assert.equal(
      producer.output(u32(1)),
      0,
      'a ring that has left its slot lives until its last user lets go',
    )
    assert.equal(numberOf(slots.lookup(u32(0))), second.id)
  })
})

describe('what is refused', () => {
  test('a map for which there is no room: the message says how much there is', () => {
    using arena = createArena({ size: '64 KiB', users: 1, maps: 2 })
    assert.throws(() => arena.create({ type: 'ringbuf', maxEntries: '64 KiB' }), {
      code: 'ERR_ARENA_FULL',
      message: /it takes 140 KiB, and the largest free piece is/,
    })
    assert.deepEqual(arena.list(), [])
    arena.create(HASH)
    arena.create(HASH)
    assert.throws(() => arena.create(HASH), { code: 'ERR_ARENA_FULL', message: /it has 2 maps already/ })
  })

  test('specs that cannot be, types that it does not have', () => {
    using arena = createArena({ size: '64 KiB', users: 1, maps: 2 })
    assert.throws(() => arena.create({ type: 'hash', maxEntries: 0 }), { code: 'ERR_MAP_SPEC' })
    assert.throws(() => arena.create({ type: 'ringbuf', maxEntries: 5000 }), { code: 'ERR_MAP_SPEC' })
    assert.throws(() => arena.create({ type: 'perf_event_array', maxEntries: 1 }), {
      code: 'ERR_NOT_SUPPORTED',
    })
  })

  test('maps of another arena in a map of maps', () => {
    using one = createArena({ size: '64 KiB', users: 1, maps: 2 })
    using other = createArena({ size: '64 KiB', users: 1, maps: 2 })
    const outer = one.create({ type: 'array_of_maps', maxEntries: 1, inner: HASH })
    assert.throws(() => outer.update(u32(0), other.create(HASH)), {
      code: 'ERR_INVALID_ARGUMENT',
      message: /a value is a map of the same arena/,
    })
  })

  test('arenas that cannot be', () => {
    for (const options of [
      { size: 100 },
      { size: 'much' },
      { size: 2 ** 33 },
      { size: '1 MiB', users: 0 },
      { size: '1 MiB', users: 65 },
      { size: '1 MiB', maps: 1.5 },
      { size: '1 MiB', name: 'n'.repeat(33) },
    ]) {
      assert.throws(
        () => createArena(options as never),
        { code: 'ERR_INVALID_ARGUMENT' },
        JSON.stringify(options),
      )
    }
  })

  test('handles that are none', () => {
    for (const handle of [undefined, {}, { type: 'bpf-arena', memory: new ArrayBuffer(9), address: 0 }]) {
      assert.throws(() => attachArena(handle as never), { code: 'ERR_NOT_AN_ARENA' })
    }
    const memory = new SharedArrayBuffer(65536)
    assert.throws(() => attachArena({ type: 'bpf-arena', memory, address: 0, bells: memory }), {
      code: 'ERR_NOT_AN_ARENA',
    })
  })
})
