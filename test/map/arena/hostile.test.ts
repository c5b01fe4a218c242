/** An arena that somebody else writes to: what is read of it is believed only as far as it can do no harm. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RingbufError } from 'bpf-ringbuf'
import { type Arena, attachArena, type BpfMap, createArena, type MapSpecInput } from 'bpf-ringbuf/map'
import {
  ARENA_MAP_COUNT,
  ARENA_NAME_LENGTH,
  ARENA_SIZE,
  ARENA_USER_COUNT,
  ENTRY_ADDRESS,
  ENTRY_MAX_ENTRIES,
  ENTRY_SPAN,
  heapOffset,
  mapsOffset,
} from '#dist/abi/arena.js'
import {
  BUCKET_FIRST,
  HASH_BUCKET_BYTES,
  HASH_JOURNAL_BYTES,
  HASH_JOURNALS,
  QUEUE_LOCK,
} from '#dist/abi/map-region.js'
import { EFFORT, Random, SEED } from '../../ring/support/random.js'
import { u32 } from '../contract/subject.js'

const KINDS: readonly MapSpecInput[] = [
  { type: 'array', maxEntries: 8 },
  { type: 'hash', maxEntries: 8 },
  { type: 'lru_hash', maxEntries: 8 },
  { type: 'percpu_hash', maxEntries: 8 },
  { type: 'queue', maxEntries: 8 },
  { type: 'stack', maxEntries: 8 },
  { type: 'array_of_maps', maxEntries: 8, inner: { type: 'array', maxEntries: 8 } },
  { type: 'hash_of_maps', maxEntries: 8, inner: { type: 'array', maxEntries: 8 } },
]
const ARENA_BYTES = 48 * 1024

test(`whatever is written into it, operations answer or say what is wrong: seed ${SEED}`, () => {
  const random = new Random(SEED)
  const said = new Set<string>()
  for (let round = 0; round < 40 * EFFORT; round++) {
    const arena = createArena({ size: ARENA_BYTES, users: 2, maps: 16 })
    const words = new Int32Array((arena.handle.memory as { readonly buffer: SharedArrayBuffer }).buffer)
    const inside = words.subarray(0, ARENA_BYTES / 4)
    const behind = words.subarray(ARENA_BYTES / 4).fill(MARK)
    const maps = KINDS.map((spec) => arena.create(spec))
    const inner = maps[0] as BpfMap
    for (const map of maps) use(map, inner, random, said)
    for (let i = 0; i < 1 + random.below(6); i++) damage(inside, random)
    for (const map of maps) use(map, inner, random, said)
    useArena(arena, random, said)
    assert.ok(
      behind.length > 0 && behind.every((word) => word === MARK),
      'nothing was written behind the arena',
    )
  }
  assert.ok(said.size > 0)
})

/** An arena with one map, and its memory as words. */
function makeOne(spec: MapSpecInput): { arena: Arena; map: BpfMap; words: Int32Array; at: number } {
  const arena = createArena({ size: ARENA_BYTES, users: 2, maps: 16 })
  const words = new Int32Array((arena.handle.memory as { readonly buffer: SharedArrayBuffer }).buffer)
  return { arena, map: arena.create(spec), words, at: heapOffset(2, 16) / 4 }
}

test('a lock that nobody can hold is noticed, and by whom it is said to be held', () => {
  for (const [holder, user] of [
    [2, 1],
    [1, 0],
    [77, 76],
  ] as const) {
    const { map, words, at } = makeOne({ type: 'queue', maxEntries: 4 })
    words[at + QUEUE_LOCK / 4] = holder
    assert.throws(() => map.lookup(null), {
      code: 'ERR_CORRUPTED',
      message: new RegExp(`held by user ${user},`),
    })
  }
})

test('a chain that leads nowhere, or round in circles, is noticed', () => {
  for (const first of [1000, 5]) {
    const { map, words, at } = makeOne({ type: 'hash', maxEntries: 4 })
    const buckets = at + (HASH_JOURNALS + 2 * HASH_JOURNAL_BYTES) / 4
    for (let bucket = 0; bucket < 4; bucket++)
      words[buckets + (bucket * HASH_BUCKET_BYTES + BUCKET_FIRST) / 4] = first
    // The fifth element is spare: its next is no end.
    assert.throws(() => map.lookup(u32(1)), { code: 'ERR_CORRUPTED' })
    assert.throws(() => map.update(u32(1), u32(1)), { code: 'ERR_CORRUPTED' })
    assert.throws(() => map.delete(u32(1)), { code: 'ERR_CORRUPTED' })
  }
})

test('a map that says it lies elsewhere, or is larger, is noticed', () => {
  for (const [word, value] of [
    [ENTRY_ADDRESS, 8],
    [ENTRY_ADDRESS, 2 ** 30],
    [ENTRY_SPAN, 64],
    [ENTRY_MAX_ENTRIES, 999],
  ] as const) {
    const { arena, map, words } = makeOne({ type: 'array', maxEntries: 4 })
    words[(mapsOffset(2) + word) / 4] = value
    assert.throws(() => arena.open(map.id), { code: 'ERR_ARENA_DAMAGED' })
    assert.throws(() => arena.list(), { code: 'ERR_ARENA_DAMAGED' })
  }
})

test('a head that cannot be is noticed', () => {
  for (const [word, value] of [
    [ARENA_SIZE, 2 ** 30],
    [ARENA_USER_COUNT, 65],
    [ARENA_MAP_COUNT, 0],
    [ARENA_NAME_LENGTH, 33],
  ] as const) {
    const { arena, words } = makeOne({ type: 'array', maxEntries: 4 })
    words[word / 4] = value
    assert.throws(() => attachArena(arena.handle), { code: 'ERR_ARENA_DAMAGED' })
  }
})

const MARK = 0x5a5a_5a5a

/** Writes a word, of a kind that leads somewhere. */
function damage(words: Int32Array, random: Random): void {
  const at = random.below(words.length)
  const value = random.pick([
    random.word(),
    random.below(64),
    -random.below(64),
    (words[at] as number) ^ (1 << random.below(32)),
  ])
  words[at] = value
}

/** Does something, which may be refused. */
function attempt(said: Set<string>, action: () => unknown): void {
  try {
    action()
  } catch (error) {
    if (!(error instanceof RingbufError)) throw error
    said.add(error.code)
  }
}

function use(map: BpfMap, inner: BpfMap, random: Random, said: Set<string>): void {
  const { keySize, type, valueSize } = map.info
  const value = type.endsWith('_of_maps') ? inner : new Uint8Array(type.startsWith('percpu') ? 16 : valueSize)
  for (let i = 0; i < 30; i++) {
    const key = keySize === 0 ? null : u32(random.below(10))
    attempt(said, () => map.update(key, value, random.pick(['any', 'any', 'noexist', 'exist'])))
    attempt(said, () => map.lookup(key))
    attempt(said, () => map.nextKey(key))
    if (random.oneIn(3)) attempt(said, () => map.delete(key))
    if (random.oneIn(3)) attempt(said, () => map.lookupAndDelete(key))
  }
}

function useArena(arena: Arena, random: Random, said: Set<string>): void {
  attempt(said, () => arena.list())
  attempt(said, () => arena.use())
  attempt(said, () => arena.mend())
  for (const spec of KINDS) attempt(said, () => arena.create(spec).close())
  for (let id = 1; id < 12; id++) attempt(said, () => use(arena.open(id), arena.open(1), random, said))
  attempt(said, () => attachArena(arena.handle).detach())
  attempt(said, () => arena.detach())
}
