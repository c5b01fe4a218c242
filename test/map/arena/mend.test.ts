/** What dead users leave, where they die at moments that no clock hits. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { type Arena, attachArena, createArena, type MapInfo } from 'bpf-ringbuf/map'
import { heapOffset, USER_SIGNED } from '#dist/abi/arena.js'
import { BUCKET_LOCK, HASH_JOURNAL_BYTES, HASH_JOURNALS, QUEUE_LOCK } from '#dist/abi/map-region.js'
import type { Home } from '#dist/map/arena/arena-map.js'
import { readHead } from '#dist/map/arena/head.js'
import { mapView } from '#dist/map/arena/map-view.js'
import { mend } from '#dist/map/arena/mend.js'
import { hashPlan } from '#dist/map/arena/plan.js'
import type { Share } from '#dist/map/arena/share.js'
import { findEntry } from '#dist/map/arena/table.js'
import { markGone, userAt } from '#dist/map/arena/users.js'
import { mapTypeName } from '#dist/map/map-type.js'
import { sharedRingMemory } from '#dist/memory/ring-memory.js'
import { createViews } from '#dist/memory/views.js'
import { u32 } from '../contract/subject.js'

const USERS = 4
const MAPS = 8

function makeArena(): { arena: Arena; share: Share } {
  const arena = createArena({ size: '64 KiB', users: USERS, maps: MAPS })
  const memory = sharedRingMemory(arena.handle.memory, 0)
  const views = createViews(memory.buffer)
  return { arena, share: { memory, views, base: 0, ...readHead(views, 0), lockDepth: 0, user: arena.user } }
}

test('who dies while another is mended is mended in all maps, also those that were gone through', () => {
  const { arena, share } = makeArena()
  const [first, second] = [attachArena(arena.handle), attachArena(arena.handle)]
  const queue = arena.create({ type: 'queue', maxEntries: 4 })
  const hash = arena.create({ type: 'hash', maxEntries: 4 })
  const hashAt = findEntry(share, hash.id)?.address ?? 0
  const buckets = hashAt + HASH_JOURNALS + USERS * HASH_JOURNAL_BYTES
  // The second holds a lock of each.
  share.views.u32[(heapOffset(USERS, MAPS) + QUEUE_LOCK) / 4] = second.user + 1
  share.views.u32[(buckets + BUCKET_LOCK) / 4] = second.user + 1
  const view = mapView(
    { share, info: hash.info, address: hashAt, mend: () => {} } as unknown as Home,
    planOf(hash.info),
  )
  const maps = {
    hashView: ({ id }: { readonly id: number }) => (id === hash.id ? view : undefined),
    typeOf: ({ type }: { readonly type: number }) => {
      // Now it dies: the queue is looked at already, and the hash is to come.
      markGone(share, second.user)
      return mapTypeName(type)
    },
  }
  assert.equal(mend(share, maps, first.user), 2)
  assert.equal(queue.lookup(null), undefined)
  for (let key = 0; key < 4; key++) assert.equal(hash.update(u32(key), u32(key)), true)
  assert.deepEqual(arena.users(), [arena.user])
})

function planOf(info: MapInfo) {
  return hashPlan(info, USERS)
}

test('who dies while it leaves gives its place back all the same', () => {
  const { arena, share } = makeArena()
  markGone(share, attachArena(arena.handle).user)
  assert.equal(arena.mend(), 1)
  assert.deepEqual(arena.users(), [arena.user])
})

test('who dies before it has said who it is is known by its thread', async () => {
  const { arena, share } = makeArena()
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('bpf-ringbuf/map').then(({ attachArena }) => {
      parentPort.postMessage(attachArena(workerData).user)
      setInterval(() => {}, 1000)
    })`
  const worker = new Worker(code, { eval: true, workerData: arena.handle })
  const [user] = (await once(worker, 'message')) as [number]
  share.views.u32[(userAt(user) + USER_SIGNED) / 4] = 0
  assert.equal(arena.mend(), 0, 'it lives')
  await worker.terminate()
  assert.equal(arena.mend(), 1)
})
