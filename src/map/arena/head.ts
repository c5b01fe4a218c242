/** The first words of an arena: what it is, how large, and for how many. */
import {
  ARENA_LAYOUT_VERSION,
  ARENA_MAGIC,
  ARENA_MAGIC_WORD,
  ARENA_MAP_COUNT,
  ARENA_MAPS_MAX,
  ARENA_NAME,
  ARENA_NAME_LENGTH,
  ARENA_NAME_MAX_BYTES,
  ARENA_NAMESPACE,
  ARENA_SEED,
  ARENA_SIZE,
  ARENA_USER_COUNT,
  ARENA_USERS_MAX,
  ARENA_VERSION,
  heapOffset,
} from '../../abi/arena.js'
import { RingbufError } from '../../abi/error.js'
import { decodeText, encodeText } from '../../memory/text.js'
import type { MemoryViews } from '../../memory/views.js'
import type { Share } from './share.js'
import { setWord, word } from './share.js'

/** What the head of an arena says. */
export type Head = Pick<Share, 'size' | 'name' | 'users' | 'maps' | 'seed'>

/** Bytes that an arena takes for itself, before any map is in it. */
export function overheadBytes(users: number, maps: number): number {
  return heapOffset(users, maps)
}

/** Writes the head of a new arena into zeroed memory; what it is last. */
export function writeHead(place: Pick<Share, 'views' | 'base'>, head: Head, namespace: number): void {
  const name = encodeText(head.name)
  place.views.u8.set(name, place.base + ARENA_NAME)
  setWord(place, ARENA_NAME_LENGTH, name.length)
  setWord(place, ARENA_SIZE, head.size)
  setWord(place, ARENA_USER_COUNT, head.users)
  setWord(place, ARENA_MAP_COUNT, head.maps)
  setWord(place, ARENA_NAMESPACE, namespace)
  setWord(place, ARENA_SEED, head.seed)
  setWord(place, ARENA_VERSION, ARENA_LAYOUT_VERSION)
  setWord(place, ARENA_MAGIC, ARENA_MAGIC_WORD)
}

/**
 * Reads the head of an arena, and believes none of it.
 *
 * @throws RingbufError ERR_NOT_AN_ARENA, ERR_ARENA_DAMAGED
 */
export function readHead(views: MemoryViews, base: number): Head {
  const place = { views, base }
  const room = views.u8.length - base
  if (base % 8 !== 0 || room < heapOffset(1, 1) || word(place, ARENA_MAGIC) !== ARENA_MAGIC_WORD) {
    throw new RingbufError('ERR_NOT_AN_ARENA', `there is no arena at address ${base} of this memory`, {
      value: base,
    })
  }
  const version = word(place, ARENA_VERSION)
  if (version !== ARENA_LAYOUT_VERSION) {
    throw new RingbufError(
      'ERR_NOT_AN_ARENA',
      `this arena has layout ${version}, and this version of the package knows layout ${ARENA_LAYOUT_VERSION}`,
      { value: version, limit: ARENA_LAYOUT_VERSION },
    )
  }
  const [size, users, maps] = [
    word(place, ARENA_SIZE),
    word(place, ARENA_USER_COUNT),
    word(place, ARENA_MAP_COUNT),
  ]
  mustFit('users', users, 1, ARENA_USERS_MAX)
  mustFit('maps', maps, 1, ARENA_MAPS_MAX)
  mustFit('size', size, heapOffset(users, maps), room)
  const length = word(place, ARENA_NAME_LENGTH)
  mustFit('name', length, 0, ARENA_NAME_MAX_BYTES)
  const name = decodeText(views.u8, base + ARENA_NAME, length)
  return { size, users, maps, name, seed: word(place, ARENA_SEED) | 0 }
}

function mustFit(what: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return
  throw new RingbufError(
    'ERR_ARENA_DAMAGED',
    `the arena is damaged: its head says ${what} ${value}, which must be from ${least} to ${most}`,
    { what, value, limit: most },
  )
}
