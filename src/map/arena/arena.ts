import { ARENA_MAPS_MAX, ARENA_NAME_MAX_BYTES, ARENA_USERS_MAX, ENTRY_FROZEN } from '../../abi/arena.js'
import { checkOptions, checkWord } from '../../abi/check.js'
import { EINVAL } from '../../abi/errno.js'
import { RingbufError } from '../../abi/error.js'
import { allocateBells } from '../../memory/bells.js'
import { thisThread } from '../../memory/liveness.js'
import { sharedRingMemory } from '../../memory/ring-memory.js'
import { allocateSharedMemory, type SharedMemory, sharedBuffer } from '../../memory/shared-memory.js'
import { formatBytes, parseBytes, type Size } from '../../memory/size.js'
import { encodeText } from '../../memory/text.js'
import { createViews } from '../../memory/views.js'
import { type CreateRingOptions, parseRingOptions, placeRing } from '../../ring/create-ring.js'
import type { MapView } from '../algorithm/view.js'
import type { MapInfo } from '../bpf-map.js'
import { BPF_F_NUMA_NODE } from '../flags.js'
import { MAP_TYPES, mapTypeName } from '../map-type.js'
import { refusal } from '../refusal.js'
import { fitsInner, type MapSpec, type MapSpecInput, mapSpec } from '../spec.js'
import { underLock } from './arena-lock.js'
import { ArenaMap, type Home } from './arena-map.js'
import { collect } from './collect.js'
import { overheadBytes, readHead, writeHead } from './head.js'
import { idsIn } from './inner-ids.js'
import { isHash, kindOf } from './kinds.js'
import { mapView } from './map-view.js'
import { mend } from './mend.js'
import { hashPlan } from './plan.js'
import type { RingMap } from './ring-map.js'
import { type Share, word } from './share.js'
import {
  type Entry,
  entries,
  entryAt,
  findEntry,
  freeEntry,
  gaps,
  holdEntry,
  holders,
  publishEntry,
  readEntry,
  releaseEntry,
  reserveEntry,
  type Shape,
  spans,
} from './table.js'
import { isUserGone, join, leave, present } from './users.js'

export interface CreateArenaOptions {
  /** Bytes of all, as a number or like '64 MiB'. What maps take of it their `memoryBytes` say. */
  readonly size: Size
  /** At most 32 bytes of UTF-8. Default: empty. */
  readonly name?: string
  /**
   * How many threads can share it at once, 1 to 64. That many values each entry of a per-CPU map has: here a thread is what
   * a processor is in the kernel. Default: 16.
   */
  readonly users?: number
  /** How many maps can be in it at once. Default: 256. */
  readonly maps?: number
}

/** What another thread needs to share an arena. Plain data: it survives postMessage and workerData. */
export interface ArenaHandle {
  readonly type: 'bpf-arena'
  readonly memory: SharedMemory
  readonly address: number
  readonly bells: SharedMemory
}

/** Of a ring in an arena, besides its spec: as of `createRing`. */
export type ArenaRingOptions = Pick<
  CreateRingOptions,
  'reservations' | 'lostRecords' | 'owners' | 'recoverable'
>

/** A map, as the registry of an arena lists it. */
export interface ArenaMapStatus extends MapInfo {
  /** Bytes of memory that it takes. */
  readonly memoryBytes: number
  /** The numbers of the users that have it open. */
  readonly users: readonly number[]
  readonly frozen: boolean
}

/** How much of an arena is taken. */
export interface ArenaUse {
  /** Bytes of all. */
  readonly size: number
  /** Bytes that maps take, and the arena for itself. */
  readonly used: number
  /** Bytes of the largest map that can still be made. */
  readonly largestFree: number
}

/**
 * Maps and rings in one shared memory, as one thread sees them. Make it with `createArena`, or with `attachArena` in
 * another thread. Maps are found by their ids, and freed when the last user has closed them.
 */
export class Arena {
  /** Give this to another thread. */
  readonly handle: ArenaHandle
  readonly #share: Share
  /** The maps that are open here; of one there may be several handles. */
  readonly #open = new Set<ArenaMap>()
  #detached = false

  /** @internal */
  constructor(handle: ArenaHandle, share: Share) {
    this.handle = handle
    this.#share = share
  }

  get name(): string {
    return this.#share.name
  }

  /** The number of this thread among those that share the arena: in per-CPU maps, its processor. */
  get user(): number {
    return this.#share.user
  }

  /** How many values each entry of a per-CPU map has. */
  get processors(): number {
    return this.#share.users
  }

  /**
   * Makes a map, which this thread has open.
   *
   * @param ring of a ring: how it reserves, and what else the kernel's rings do not know
   * @throws RingbufError ERR_MAP_SPEC, ERR_INVALID_ARGUMENT; ERR_ARENA_FULL; ERR_NOT_SUPPORTED for types that arenas do
   *   not have; ERR_RESOURCE_CLOSED
   */
  create(input: MapSpecInput & { readonly type: 'ringbuf' }, ring?: ArenaRingOptions): RingMap
  create(input: MapSpecInput): ArenaMap
  create(input: MapSpecInput, ring: ArenaRingOptions = {}): ArenaMap {
    this.#mustBeAttached()
    const spec = mapSpec(input)
    const kind = kindOf(spec.type)
    if (spec.inner) kindOf(spec.inner.type)
    const info: MapInfo = { ...spec, id: 0 }
    const head = spec.type === 'ringbuf' ? parseRingOptions({ ...ring, ...ringOf(spec) }) : undefined
    const bytes = kind.bytes(info, this.#share.users)
    const { place, address, id } = this.#reserve(spec, bytes)
    const home = this.#homeOf({ ...info, id }, place, this.#share.base + address)
    try {
      this.#share.views.u8.fill(0, home.address, home.address + bytes)
      kind.prepare?.(home)
      if (head) placeRing({ memory: home.shared, address: home.address, bells: home.bells }, head)
    } catch (error) {
      freeEntry(this.#share, place)
      throw error
    }
    publishEntry(this.#share, place)
    return this.#opened(home)
  }

  /**
   * Opens a map by its id.
   *
   * @throws RingbufError ERR_NO_SUCH_MAP; ERR_ARENA_DAMAGED; ERR_RESOURCE_CLOSED
   */
  open(id: number): ArenaMap {
    this.#mustBeAttached()
    checkWord('id', id, 1)
    const home = underLock(this.#share, () => {
      const entry = findEntry(this.#share, id)
      if (!entry) return undefined
      const info = this.#infoOf(entry)
      holdEntry(this.#share, entry.place)
      return this.#homeOf(info, entry.place, this.#share.base + entry.address)
    })
    if (!home) {
      throw new RingbufError('ERR_NO_SUCH_MAP', `arena '${this.name}' has no map with id ${id}`, {
        value: id,
      })
    }
    return this.#opened(home)
  }

  #opened(home: Home): ArenaMap {
    const map = kindOf(home.info.type).open(home)
    this.#open.add(map)
    return map
  }

  /** All maps that are there, with who uses them. A snapshot. */
  list(): ArenaMapStatus[] {
    this.#mustBeAttached()
    return entries(this.#share).map((entry) => ({
      ...this.#infoOf(entry),
      memoryBytes: entry.bytes,
      users: holders(this.#share, entry.place),
      frozen: word(this.#share, entryAt(this.#share, entry.place) + ENTRY_FROZEN) !== 0,
    }))
  }

  /** How much memory is taken. A snapshot. */
  use(): ArenaUse {
    this.#mustBeAttached()
    const { size, users, maps } = this.#share
    const used = spans(this.#share).reduce((sum, { bytes }) => sum + bytes, overheadBytes(users, maps))
    const largestFree = Math.max(0, ...[...gaps(this.#share)].map(({ bytes }) => bytes))
    return { size, used, largestFree }
  }

  /** The numbers of the threads that share it now. */
  users(): number[] {
    this.#mustBeAttached()
    return present(this.#share).filter((user) => !isUserGone(this.#share, user))
  }

  /**
   * Takes back what threads held that died: their maps, locks and places. That happens by itself where they stand in the
   * way. Answers how many there were.
   */
  mend(): number {
    this.#mustBeAttached()
    return this.#mend()
  }

  /**
   * Says that the thread of a user ended, where the system cannot tell: it is no Linux, or the thread is in another
   * container. If it goes on all the same it does harm.
   *
   * @throws RingbufError ERR_INVALID_ARGUMENT
   */
  declareGone(user: number): void {
    this.#mustBeAttached()
    if (!present(this.#share).includes(user) || user === this.user) {
      throw new RingbufError(
        'ERR_INVALID_ARGUMENT',
        `user ${String(user)} must be another that shares the arena`,
        {
          value: String(user),
        },
      )
    }
    this.#mend(user)
  }

  /** Gives the arena up in this thread: its maps here are closed. Twice does nothing. */
  detach(): void {
    if (this.#detached) return
    for (const map of this.#open) map.close()
    this.#detached = true
    const { user } = this.#share
    underLock(this.#share, () => {
      for (const { place } of entries(this.#share)) releaseEntry(this.#share, place, user)
      this.#collect()
      leave(this.#share, user)
    })
  }

  /** The same as `detach`. */
  [Symbol.dispose](): void {
    this.detach()
  }

  #reserve(spec: MapSpec, bytes: number): { place: number; address: number; id: number } {
    const entry = { ...spec, type: MAP_TYPES[spec.type], inner: spec.inner && shapeOf(spec.inner), bytes }
    const taken = underLock(this.#share, () => reserveEntry(this.#share, entry))
    if (taken) return taken
    // Those who died may still have some.
    const again =
      this.#mend() > 0 ? underLock(this.#share, () => reserveEntry(this.#share, entry)) : undefined
    if (again) return again
    const { largestFree } = this.use()
    const why =
      bytes > largestFree
        ? `it takes ${formatBytes(bytes)}, and the largest free piece is ${formatBytes(largestFree)}`
        : `it has ${this.#share.maps} maps already`
    throw new RingbufError(
      'ERR_ARENA_FULL',
      `no room for ${spec.type} '${spec.name}' in arena '${this.name}': ${why}`,
      {
        value: bytes,
        limit: largestFree,
      },
    )
  }

  #homeOf(info: MapInfo, place: number, address: number): Home {
    const share = this.#share
    const frozen = (share.base + entryAt(share, place) + ENTRY_FROZEN) >>> 2
    return {
      share,
      info,
      address,
      shared: this.handle.memory,
      bells: this.handle.bells,
      isOpen: () => !this.#detached,
      isFrozen: () => Atomics.load(share.views.u32, frozen) !== 0,
      freeze: () => Atomics.exchange(share.views.u32, frozen, 1) === 0,
      release: (map) => this.#release(map, place),
      mend: () => {
        this.#mend()
      },
      adopt: (id, action) => this.#adopt(info, place, id, action),
      letGo: (action) =>
        underLock(share, () => {
          const answer = action()
          this.#collect()
          return answer
        }),
    }
  }

  #adopt<T>(info: MapInfo, place: number, id: number, action: () => T): T {
    return underLock(this.#share, () => {
      const entry = findEntry(this.#share, id)
      const template = this.#innerOf(place)
      const fits = entry && template && fitsInner(template, this.#infoOf(entry))
      if (!fits) throw refusal('update', info, EINVAL)
      const answer = action()
      // What it has replaced may have been nobody else's.
      this.#collect()
      return answer
    })
  }

  #innerOf(place: number): (Omit<Shape, 'type'> & { readonly type: string }) | undefined {
    const inner = readEntry(this.#share, place)?.inner
    return inner && { ...inner, type: mapTypeName(inner.type) }
  }

  #release(map: ArenaMap, place: number): void {
    this.#open.delete(map)
    if ([...this.#open].some(({ id }) => id === map.id)) return
    underLock(this.#share, () => {
      releaseEntry(this.#share, place, this.user)
      this.#collect()
    })
  }

  #collect(): void {
    const share = this.#share
    collect(share, (entry) =>
      idsIn(share, this.#infoOf(entry), share.base + entry.address, this.#hashView(entry)),
    )
  }

  #mend(declared?: number): number {
    const maps = {
      hashView: (entry: Entry) => this.#hashView(entry),
      typeOf: (entry: Entry) => mapTypeName(entry.type),
    }
    const share = this.#share
    return underLock(share, () => {
      const count = mend(share, maps, declared)
      if (count > 0) this.#collect()
      return count
    })
  }

  #hashView(entry: Entry): MapView | undefined {
    const info = this.#infoOf(entry)
    if (!isHash(info.type)) return undefined
    const home = this.#homeOf(info, entry.place, this.#share.base + entry.address)
    return mapView(home, hashPlan(info, this.#share.users))
  }

  /** What an entry says of a map, if it can be. @throws RingbufError ERR_ARENA_DAMAGED */
  #infoOf(entry: Entry): MapInfo {
    const { id, keySize, valueSize, maxEntries, flags, name, address, bytes } = entry
    const info = { type: mapTypeName(entry.type), id, keySize, valueSize, maxEntries, flags, name }
    const { size, users, maps } = this.#share
    const isWithin = address >= overheadBytes(users, maps) && address + bytes <= size && address % 8 === 0
    if (isWithin && kindOf(info.type).bytes(info, users) === bytes) return info
    throw new RingbufError(
      'ERR_ARENA_DAMAGED',
      `the arena is damaged: map ${id} of type ${info.type} says it lies at ${address}, with ${bytes} bytes, in ${size}`,
      { id, address, bytes, limit: size },
    )
  }

  #mustBeAttached(): void {
    if (this.#detached)
      throw new RingbufError('ERR_RESOURCE_CLOSED', `arena '${this.name}' was given up by this thread`)
  }
}

function shapeOf(spec: MapSpec): Shape {
  const { keySize, valueSize, flags, maxEntries } = spec
  return { type: MAP_TYPES[spec.type], keySize, valueSize, flags, maxEntries }
}

function ringOf({ maxEntries: size, name, flags }: MapSpec): CreateRingOptions {
  // Which memory is nearest, no program can choose here.
  return { size, name, flags: flags & ~BPF_F_NUMA_NODE }
}

/**
 * Makes an arena in new shared memory.
 *
 * @throws RingbufError ERR_INVALID_ARGUMENT, ERR_NO_SHARED_MEMORY
 */
export function createArena(options: CreateArenaOptions): Arena {
  checkOptions('options', options)
  const { name = '', users = 16, maps = 256 } = options
  mustBeFrom('users', users, 1, ARENA_USERS_MAX)
  mustBeFrom('maps', maps, 1, ARENA_MAPS_MAX)
  const size = parseBytes(options.size)
  if (size === null || size < overheadBytes(users, maps) || size > ARENA_MAX_BYTES) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `arena size ${String(options.size)} must be from ${overheadBytes(users, maps)} bytes (for ${users} users and ${maps} maps) to ${formatBytes(ARENA_MAX_BYTES)}`,
      { value: String(options.size), minimum: overheadBytes(users, maps), limit: ARENA_MAX_BYTES },
    )
  }
  if (typeof name !== 'string' || encodeText(name).length > ARENA_NAME_MAX_BYTES) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `arena name ${String(name)} must be text of at most ${ARENA_NAME_MAX_BYTES} bytes`,
      {
        value: String(name),
        limit: ARENA_NAME_MAX_BYTES,
      },
    )
  }
  const memory = allocateSharedMemory(size)
  const handle: ArenaHandle = { type: 'bpf-arena', memory, address: 0, bells: allocateBells() }
  const seed = Math.trunc(Math.random() * 2 ** 32) | 0
  const views = createViews(sharedBuffer(memory) as SharedArrayBuffer)
  writeHead({ views, base: 0 }, { size, name, users, maps, seed }, thisThread().namespace)
  return attachArena(handle)
}

/**
 * Shares an arena that another thread made.
 *
 * @throws RingbufError ERR_NOT_AN_ARENA, ERR_ARENA_DAMAGED; ERR_TOO_MANY_USERS
 */
export function attachArena(handle: ArenaHandle): Arena {
  const buffer = sharedBuffer(handle?.memory)
  if (handle?.type !== 'bpf-arena' || !buffer) {
    throw new RingbufError(
      'ERR_NOT_AN_ARENA',
      'attachArena wants the handle of an arena, as arena.handle gives it',
    )
  }
  const memory = sharedRingMemory(handle.memory, handle.address)
  const views = createViews(buffer)
  const head = readHead(views, handle.address)
  const place = { memory, views, base: handle.address, ...head, lockDepth: 0 }
  const user = join(place)
  if (user === undefined) {
    throw new RingbufError('ERR_TOO_MANY_USERS', `${head.users} threads share arena '${head.name}' already`, {
      limit: head.users,
    })
  }
  return new Arena(handle, { ...place, user })
}

/** All of WebAssembly's memory, but for its last page. */
const ARENA_MAX_BYTES = 0xffff_0000

function mustBeFrom(what: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `${what} ${String(value)} must be a whole number from ${least} to ${most}`,
    {
      value: String(value),
      limit: most,
    },
  )
}
