/** The kernel as judge of `mapSpec`: what that lets pass can be made, what it refuses is refused, with the same errno. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BPF_F_RB_OVERWRITE, RingbufError } from 'bpf-ringbuf'
import { probeRingOverwrite } from 'bpf-ringbuf/kernel'
import { BPF_F_INNER_MAP, BPF_F_NO_PREALLOC, fitsInner, type MapSpec, mapSpec } from 'bpf-ringbuf/map'
import fc from 'fast-check'
import { errnoName } from '#dist/abi/errno-names.js'
import { Attributes, tryBpf } from '#dist/kernel/bpf.js'
import { holdsMaps } from '#dist/map/map-type.js'
import { door, NO_BPF } from '../system/support/door.js'
import { memoryOf } from './support/memory.js'
import { innerPairs, nestedMaps } from './support/random-specs.js'
import { createRaw, type RawMap } from './support/raw-map.js'

const SEED = Number(process.env['RINGBUF_SEED'] ?? 20)
const EFFORT = Math.max(1, Number(process.env['RINGBUF_EFFORT'] ?? 1))
/** Whether there is more, no rule says: such maps are not tried. */
const MEMORY_MOST = 16 * 2 ** 20

const OVERWRITES = !NO_BPF && probeRingOverwrite().supported

/** In the innermost of three, and what is not said of others. */
const LEAF: RawMap = { type: 'array', keySize: 4, valueSize: 4, maxEntries: 1, flags: 0, name: '' }

/**
 * The last that can be, and the first that cannot, each by one limit. Of some the last would need gigabytes: arrays of
 * values of 2 GiB, hashes of 2^27 entries.
 */
const LIMITS: readonly (readonly [map: Partial<RawMap> & Pick<RawMap, 'type'>, errno: string])[] = [
  [{ type: 'array', valueSize: 2 ** 31 }, 'E2BIG'],
  [{ type: 'percpu_array', valueSize: 32768 }, 'ok'],
  [{ type: 'percpu_array', valueSize: 32769 }, 'E2BIG'],
  [{ type: 'percpu_hash', valueSize: 32768 }, 'ok'],
  [{ type: 'percpu_hash', valueSize: 32769 }, 'E2BIG'],
  [{ type: 'hash', keySize: 8, valueSize: 2 ** 22 - 57 }, 'ok'],
  [{ type: 'hash', keySize: 8, valueSize: 2 ** 22 - 56 }, 'E2BIG'],
  [{ type: 'lru_hash', keySize: 2 ** 22 - 53 }, 'ok'],
  [{ type: 'lru_hash', keySize: 2 ** 22 - 52 }, 'E2BIG'],
  [{ type: 'hash_of_maps', keySize: 2 ** 22 - 52 }, 'E2BIG'],
  [{ type: 'hash', maxEntries: 2 ** 27 + 1, flags: BPF_F_NO_PREALLOC }, 'E2BIG'],
  [{ type: 'hash_of_maps', maxEntries: 2 ** 32 - 1, flags: BPF_F_NO_PREALLOC }, 'E2BIG'],
  [{ type: 'queue', keySize: 0, valueSize: 2 ** 22 }, 'ok'],
  [{ type: 'queue', keySize: 0, valueSize: 2 ** 22 + 1 }, 'E2BIG'],
  [{ type: 'stack', keySize: 0, valueSize: 2 ** 22 + 1 }, 'E2BIG'],
  [{ type: 'array', flags: BPF_F_INNER_MAP }, 'ok'],
  [{ type: 'array_of_maps', flags: BPF_F_INNER_MAP }, 'EINVAL'],
  [{ type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: 2 ** 31 + 2 ** 30 }, 'EINVAL'],
  [{ type: 'lru_hash', flags: BPF_F_NO_PREALLOC }, 'ENOTSUPP'],
  [{ type: 'lru_hash', flags: BPF_F_NO_PREALLOC, maxEntries: 0 }, 'ENOTSUPP'],
  [{ type: 'array', name: 'fifteen_letters' }, 'ok'],
  [{ type: 'array', name: 'sixteen_letters_' }, 'EINVAL'],
]

interface Nested {
  readonly map: RawMap
  readonly inner: RawMap | undefined
}

describe('the kernel agrees', { skip: NO_BPF }, () => {
  test('on which maps can be, and why not', () => {
    const seen: Record<string, number> = {}
    fc.assert(
      fc.property(nestedMaps, (nested) => {
        fc.pre(isKnown(nested.map) && isKnown(nested.inner))
        const verdict = ours(nested)
        fc.pre(isCheap(nested, verdict))
        const kind = `${verdict}${nested.inner ? ' nested' : ''}`
        seen[kind] = (seen[kind] ?? 0) + 1
        assert.equal(theirs(nested), verdict)
      }),
      { seed: SEED, numRuns: 6000 * EFFORT, maxSkipsPerRun: 100 },
    )
    for (const kind of ['ok', 'EINVAL', 'E2BIG', 'ENOTSUPP', 'ok nested', 'EINVAL nested', 'E2BIG nested']) {
      assert.ok((seen[kind] ?? 0) >= 5, `${kind} was met too seldom: ${JSON.stringify(seen)}`)
    }
  })

  for (const [map, errno] of LIMITS) {
    test(`at the limit: ${JSON.stringify(map)} is ${errno}`, () => {
      const nested = { map: { ...LEAF, ...map }, inner: holdsMaps(map.type) ? LEAF : undefined }
      assert.equal(ours(nested), errno)
      assert.equal(theirs(nested), errno)
    })
  }

  test('on which maps may be put into a map of maps', () => {
    const seen = { true: 0, false: 0 }
    fc.assert(
      fc.property(innerPairs, ([template, map]) => {
        fc.pre(isKnown(template) && isKnown(map))
        const [a, b] = [specOf(template), specOf(map)]
        fc.pre(a !== undefined && b !== undefined)
        fc.pre(!holdsMaps(a.type) && !holdsMaps(b.type))
        fc.pre(memoryOf(template) <= MEMORY_MOST && memoryOf(map) <= MEMORY_MOST)
        const fits = fitsInner(a, b)
        seen[`${fits}`]++
        assert.equal(isTaken(template, map), fits)
      }),
      { seed: SEED, numRuns: 300 * EFFORT, maxSkipsPerRun: 100 },
    )
    assert.ok(seen.true >= 40 && seen.false >= 40, JSON.stringify(seen))
  })
})

function specOf(map: RawMap): MapSpec | undefined {
  try {
    return mapSpec(map)
  } catch {
    return undefined
  }
}

function ours({ map, inner }: Nested): string {
  try {
    mapSpec({ ...map, ...(inner && { inner: { ...inner, ...(holdsMaps(inner.type) && { inner: LEAF }) } }) })
    return 'ok'
  } catch (error) {
    if (error instanceof RingbufError && error.code === 'ERR_MAP_SPEC') return String(error.detail['errno'])
    throw error
  }
}

function theirs({ map, inner }: Nested): string {
  if (!inner) return verdictOf(createRaw(map))
  return withMap(inner, (innerFd) => verdictOf(createRaw(map, innerFd)))
}

/** Where the map that is needed first cannot be made, that is the answer. */
function withMap(map: RawMap, use: (fd: number) => string): string {
  if (holdsMaps(map.type)) return withMap(LEAF, (leaf) => usingFd(createRaw(map, leaf), use))
  return usingFd(createRaw(map), use)
}

function usingFd(fd: number, use: (fd: number) => string): string {
  if (fd < 0) return errnoName(-fd)
  try {
    return use(fd)
  } finally {
    door.close(fd)
  }
}

function verdictOf(fd: number): string {
  return usingFd(fd, () => 'ok')
}

/** Before Linux 6.19 no ring overwrites. */
function isKnown(map: RawMap | undefined): boolean {
  if (map?.type !== 'ringbuf' || (map.flags & BPF_F_RB_OVERWRITE) === 0) return true
  return OVERWRITES
}

/** A name is looked at when the map is made already. */
function isCheap({ map, inner }: Nested, verdict: string): boolean {
  const isMade = verdict === 'ok' || !/^[\w.]{0,15}$/.test(map.name)
  return (!isMade || memoryOf(map) <= MEMORY_MOST) && (!inner || memoryOf(inner) <= MEMORY_MOST)
}

function isTaken(template: RawMap, map: RawMap): boolean {
  const outer: RawMap = { ...LEAF, type: 'hash_of_maps' }
  const answer = withMap(template, (templateFd) =>
    usingFd(createRaw(outer, templateFd), (fd) =>
      usingFd(createRaw(map), (mapFd) => {
        const key = new Uint8Array(4)
        const value = new Uint8Array(new Uint32Array([mapFd]).buffer)
        const attributes = new Attributes(door, 32).u32(0, fd).pointer(8, key).pointer(16, value)
        const put = tryBpf(door, 'BPF_MAP_UPDATE_ELEM', attributes)
        return put < 0 ? errnoName(-put) : 'ok'
      }),
    ),
  )
  assert.ok(answer === 'ok' || answer === 'EINVAL', answer)
  return answer === 'ok'
}
