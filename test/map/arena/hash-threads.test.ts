/** Hashes that several threads change at once, and threads that die of it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { type Arena, createArena } from 'bpf-ringbuf/map'
import { EFFORT, Random, SEED } from '../../ring/support/random.js'
import { VALUE_BYTES } from './support/entry.js'
import type { HashReport, HashTask } from './support/hash-worker.js'
import { mustBeWhole } from './support/must-be-whole.js'

const THREADS = 4

/** Few entries for the keys, so that it is full now and then; few buckets, so that chains are long. */
function makeHash(arena: Arena) {
  return arena.create({ type: 'hash', valueSize: VALUE_BYTES, maxEntries: 32, name: 'busy' })
}

function start(task: HashTask): Worker {
  return new Worker(new URL('./support/hash-worker.js', import.meta.url), { workerData: task })
}

describe('a hash that four threads change', () => {
  test(`keeps its books: seed ${SEED}`, async () => {
    using arena = createArena({ size: '1 MiB', users: 8 })
    const map = makeHash(arena)
    const reports = await Promise.all(
      Array.from({ length: THREADS }, async (_, index) => {
        const task = {
          handle: arena.handle,
          id: map.id,
          seed: SEED + index,
          keys: 48,
          operations: 25_000 * EFFORT,
        }
        const worker = start(task)
        const failed = once(worker, 'error').then(([error]) => Promise.reject(error))
        const report = new Promise<HashReport>((resolve) => {
          worker.on('message', (message) => message !== 'ready' && resolve(message))
        })
        return Promise.race([report, failed])
      }),
    )
    const balance = reports.reduce((sum, report) => sum + report.balance, 0)
    assert.equal(mustBeWhole(map, 48), balance, 'what was put in and not taken out is there')
    assert.ok(
      reports.some(({ full }) => full > 0),
      'it was full now and then',
    )
  })

  test(`is whole when threads die at any moment: seed ${SEED}`, async () => {
    using arena = createArena({ size: '1 MiB', users: 4 })
    const random = new Random(SEED)
    for (let round = 0; round < 12 * EFFORT; round++) {
      const map = makeHash(arena)
      const workers = [0, 1].map((index) => {
        const seed = SEED + 2 * round + index
        return start({
          handle: arena.handle,
          id: map.id,
          seed,
          keys: 48,
          operations: Number.POSITIVE_INFINITY,
        })
      })
      await Promise.all(workers.map((worker) => once(worker, 'message')))
      await new Promise((resolve) => setTimeout(resolve, 1 + random.below(10)))
      await Promise.all(workers.map((worker) => worker.terminate()))
      arena.mend()
      assert.deepEqual(arena.users(), [arena.user], 'nobody is left')
      mustBeWhole(map, 48)
      map.close()
      assert.deepEqual(arena.list(), [], 'and nothing of it')
    }
  })
})
