/** Maps around the edges of what can be: near each limit of each type, and mostly almost right. */
import fc from 'fast-check'
import { holdsMaps } from '#dist/map/map-type.js'
import { SPEC_TYPES } from '#dist/map/spec-rules.js'
import type { RawMap } from './raw-map.js'

const near = (...edges: readonly number[]) =>
  fc.constantFrom(...edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((n) => n >= 0 && n < 2 ** 32))

/** Mostly what is usual, so that other rules are reached; else an edge, or anything. */
const usually = (usual: fc.Arbitrary<number>, edges: fc.Arbitrary<number>) =>
  fc.oneof(
    { arbitrary: usual, weight: 24 },
    { arbitrary: edges, weight: 4 },
    { arbitrary: fc.nat({ max: 2 ** 32 - 1 }), weight: 1 },
  )

const FLAGS = Array.from({ length: 21 }, (_, bit) => 2 ** bit)
const flags = fc.oneof(
  { arbitrary: fc.constant(0), weight: 12 },
  { arbitrary: fc.constantFrom(...FLAGS), weight: 6 },
  { arbitrary: fc.constantFrom(1, 2, 3, 4, 6), weight: 3 },
  { arbitrary: fc.subarray(FLAGS, { maxLength: 3 }).map(sum), weight: 3 },
  { arbitrary: fc.subarray([1, 2, 4, 8, 16, 64, 128, 256, 1024, 2048, 4096]).map(sum), weight: 2 },
)

const names = fc.oneof(
  { arbitrary: fc.constantFrom('', 'a', 'the.map_1', 'fifteen_letters'), weight: 16 },
  {
    arbitrary: fc.constantFrom('sixteen_letters_', 'a-b', 'with space', 'é', '/', 'a'.repeat(20)),
    weight: 1,
  },
)

/** What a type takes, or nearly. */
function sizes(type: RawMap['type']): fc.Arbitrary<Pick<RawMap, 'keySize' | 'valueSize' | 'maxEntries'>> {
  const isRing = type.endsWith('ringbuf')
  const isList = type === 'queue' || type === 'stack'
  const keys = isRing || isList ? fc.constant(0) : fc.constantFrom(4, 4, 4, 1, 8, 100)
  const values = isRing ? fc.constant(0) : fc.constantFrom(4, 4, 4, 1, 8, 100)
  const entries = isRing ? fc.constantFrom(4096, 8192, 65536, 2 ** 20) : fc.constantFrom(1, 2, 3, 4, 7, 64)
  const ofElements = near(0, 1, 4, 8, 32768, 65536, 2 ** 22 - 52, 2 ** 22, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1)
  return fc.record({
    keySize: usually(keys, ofElements),
    valueSize: usually(values, ofElements),
    maxEntries: usually(
      entries,
      near(0, 1, 1000, 2048, 4096, 8192, 12288, 2 ** 27, 2 ** 28, 2 ** 31, 2 ** 32 - 1),
    ),
  })
}

function mapsOf(...types: readonly RawMap['type'][]): fc.Arbitrary<RawMap> {
  return fc
    .constantFrom(...types)
    .chain((type) =>
      fc.tuple(sizes(type), flags, names).map(([size, flags, name]) => ({ type, ...size, flags, name })),
    )
}

const rawMaps = mapsOf(...SPEC_TYPES, 'array_of_maps', 'hash_of_maps', 'lru_hash')

/** Maps, and where they are maps of maps, what they are made for. */
export const nestedMaps = rawMaps.chain((map) =>
  (holdsMaps(map.type) ? rawMaps : fc.constant(undefined)).map((inner) => ({ map, inner })),
)

/** Two maps that are much alike: in all but one or two fields. */
export const innerPairs: fc.Arbitrary<[RawMap, RawMap]> = rawMaps.chain((map) =>
  fc
    .tuple(mapsOf(map.type), fc.subarray(['keySize', 'valueSize', 'maxEntries', 'flags'] as const))
    .map(([other, alike]) => [
      map,
      { ...other, ...Object.fromEntries(alike.map((field) => [field, map[field]])) },
    ]),
)

function sum(flags: readonly number[]): number {
  return flags.reduce((a, b) => a + b, 0)
}
