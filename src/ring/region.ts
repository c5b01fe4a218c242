import { RingbufError } from '../abi/error.js'
import {
  CLEAN_POSITION,
  CLOSED_BIT,
  CONSUMER_POSITION,
  DATA_OFFSET,
  HEAD_DATA_OFFSET,
  HEAD_FLAGS,
  HEAD_MAGIC,
  HEAD_NAME,
  HEAD_NAME_LENGTH,
  HEAD_SIZE,
  HEAD_SLOTS,
  HEAD_VERSION,
  HOME_NAMESPACE,
  LAYOUT_VERSION,
  NAME_MAX_BYTES,
  OVERWRITE_POSITION,
  OVERWRITING,
  PENDING_POSITION,
  POSITION_BITS,
  PRODUCER_POSITION,
  PRODUCER_SLOTS,
  RELEASED_POSITION,
  RESERVING_BIT,
  RING_FLAG_LOCK,
  RING_FLAG_OVERWRITE,
  RING_FLAG_OWNERS,
  RING_FLAG_RECOVERABLE,
  RING_FLAGS_KNOWN,
  RING_MAGIC,
  RING_MAX_BYTES,
  RING_MIN_BYTES,
} from '../abi/region.js'
import { decodeText, encodeText } from '../memory/text.js'

/** What the head page of a ring says of it. */
export interface RegionHead {
  readonly name: string
  readonly size: number
  /** RING_FLAG_*. */
  readonly flags: number
}

/** Bytes of memory that a ring of this size takes: three pages, and its data twice. */
export function regionBytes(size: number): number {
  return DATA_OFFSET + 2 * size
}

/** The name in UTF-8, checked. @throws RingbufError ERR_RING_NAME */
export function parseRingName(name: unknown): Uint8Array<ArrayBuffer> {
  if (typeof name !== 'string') {
    throw new RingbufError('ERR_RING_NAME', `ring name must be a string, not ${typeof name}`)
  }
  // A name is for people and tables: what would break a line does not belong there.
  if (/\p{Cc}/u.test(name)) {
    throw new RingbufError('ERR_RING_NAME', `ring name ${JSON.stringify(name)} holds control characters`)
  }
  const bytes = encodeText(name).slice()
  if (bytes.length > NAME_MAX_BYTES) {
    throw new RingbufError(
      'ERR_RING_NAME',
      `ring name ${JSON.stringify(name)} takes ${bytes.length} bytes, more than ${NAME_MAX_BYTES}`,
      { value: bytes.length, limit: NAME_MAX_BYTES },
    )
  }
  return bytes
}

/** What the head page of a new ring says; its name in UTF-8. */
export interface NewRegionHead {
  readonly name: Uint8Array
  readonly size: number
  /** RING_FLAG_*. */
  readonly flags: number
  /** Of process ids, in which the owners of a recoverable ring name their threads. */
  readonly namespace?: number
}

/** Writes the positions and the head page of a new ring into zeroed memory. */
export function writeRegion(
  buffer: ArrayBufferLike,
  address: number,
  head: NewRegionHead,
  position: number,
): void {
  const words = new Uint32Array(buffer, address, DATA_OFFSET / 4)
  const write = (at: number, value: number) => Atomics.store(words, at >>> 2, value)
  for (const word of [
    CONSUMER_POSITION,
    RELEASED_POSITION,
    CLEAN_POSITION,
    PRODUCER_POSITION,
    PENDING_POSITION,
  ])
    write(word, position)
  if ((head.flags & RING_FLAG_LOCK) === 0) write(PENDING_POSITION, 0)
  if ((head.flags & RING_FLAG_OVERWRITE) !== 0) {
    write(OVERWRITE_POSITION, position)
    write(OVERWRITING, position)
  }
  writeHead(buffer, address, head)
}

/** Writes the head page of a ring whose positions are there already. The magic comes last. */
export function writeHead(buffer: ArrayBufferLike, address: number, head: NewRegionHead): void {
  const words = new Uint32Array(buffer, address, DATA_OFFSET / 4)
  const write = (at: number, value: number) => Atomics.store(words, at >>> 2, value)
  write(HEAD_VERSION, LAYOUT_VERSION)
  write(HEAD_SIZE, head.size)
  write(HEAD_FLAGS, head.flags)
  write(HEAD_DATA_OFFSET, DATA_OFFSET)
  write(HEAD_SLOTS, PRODUCER_SLOTS)
  write(HEAD_NAME_LENGTH, head.name.length)
  write(HOME_NAMESPACE, head.namespace ?? 0)
  new Uint8Array(buffer).set(head.name, address + HEAD_NAME)
  write(HEAD_MAGIC, RING_MAGIC)
}

/**
 * Reads the head page of a ring somebody else made, and believes nothing of it.
 *
 * @throws RingbufError ERR_NOT_A_RING, ERR_RING_VERSION, ERR_RING_FLAGS or ERR_RING_DAMAGED
 */
export function readRegion(buffer: ArrayBufferLike, address: number): RegionHead {
  if (!Number.isInteger(address) || address < 0 || address % 8 !== 0) {
    throw new RingbufError('ERR_NOT_A_RING', `no ring can lie at address ${address}: it is no multiple of 8`)
  }
  const room = buffer.byteLength - address
  if (room < regionBytes(RING_MIN_BYTES)) {
    throw new RingbufError(
      'ERR_NOT_A_RING',
      `${Math.max(room, 0)} bytes of memory hold no ring: the smallest takes ${regionBytes(RING_MIN_BYTES)}`,
      { value: room, minimum: regionBytes(RING_MIN_BYTES) },
    )
  }
  const words = new Uint32Array(buffer, address, DATA_OFFSET / 4)
  const read = (at: number) => Atomics.load(words, at >>> 2)
  const magic = read(HEAD_MAGIC)
  if (magic !== RING_MAGIC) {
    throw new RingbufError(
      'ERR_NOT_A_RING',
      `no ring: the magic is 0x${hex(magic)}, not 0x${hex(RING_MAGIC)}`,
      {
        value: magic,
      },
    )
  }
  const version = read(HEAD_VERSION)
  if (version !== LAYOUT_VERSION) {
    throw new RingbufError(
      'ERR_RING_VERSION',
      `the ring has memory layout ${version}, this version of bpf-ringbuf knows layout ${LAYOUT_VERSION}`,
      { value: version, limit: LAYOUT_VERSION },
    )
  }
  const flags = read(HEAD_FLAGS)
  if ((flags & ~RING_FLAGS_KNOWN) !== 0) {
    throw new RingbufError(
      'ERR_RING_FLAGS',
      `the ring has flags 0x${hex(flags)}, known are 0x${hex(RING_FLAGS_KNOWN)}`,
      {
        value: flags,
        limit: RING_FLAGS_KNOWN,
      },
    )
  }
  const size = read(HEAD_SIZE)
  if (!Number.isInteger(Math.log2(size)) || size < RING_MIN_BYTES || size > RING_MAX_BYTES) {
    throw damaged(
      `its size of ${size} bytes is no power of two from ${RING_MIN_BYTES} to ${RING_MAX_BYTES}`,
      size,
    )
  }
  if (room < regionBytes(size)) {
    throw damaged(`a ring of ${size} bytes takes ${regionBytes(size)}, there are ${room}`, size)
  }
  if (read(HEAD_DATA_OFFSET) !== DATA_OFFSET) {
    throw damaged(
      `its data begins at ${read(HEAD_DATA_OFFSET)}, not at ${DATA_OFFSET}`,
      read(HEAD_DATA_OFFSET),
    )
  }
  if (read(HEAD_SLOTS) !== PRODUCER_SLOTS) {
    throw damaged(`it has ${read(HEAD_SLOTS)} producer slots, not ${PRODUCER_SLOTS}`, read(HEAD_SLOTS))
  }
  const nameLength = read(HEAD_NAME_LENGTH)
  if (nameLength > NAME_MAX_BYTES) throw damaged(`its name is ${nameLength} bytes long`, nameLength)
  if ((flags & RING_FLAG_OVERWRITE) !== 0 && (flags & RING_FLAG_LOCK) === 0) {
    throw damaged(`it overwrites, but has no lock`, flags)
  }
  const needed = RING_FLAG_LOCK | RING_FLAG_OWNERS
  if ((flags & RING_FLAG_RECOVERABLE) !== 0 && (flags & needed) !== needed) {
    throw damaged(`it is recoverable, but has no lock, or no owners`, flags)
  }
  checkPositions(read, size, flags)
  const name = decodeText(new Uint8Array(buffer), address + HEAD_NAME, nameLength)
  return { name, size, flags }
}

/**
 * The producer position is read between two equal readings of the consumer position where that can be
 * had, so that the two belong together; a consumer that never rests for so long is not damaged.
 */
function checkPositions(read: (at: number) => number, size: number, flags: number): void {
  const locked = (flags & RING_FLAG_LOCK) !== 0
  const behind = (flags & RING_FLAG_OVERWRITE) === 0 ? CONSUMER_POSITION : OVERWRITE_POSITION
  for (let attempt = 0; attempt < 100; attempt++) {
    const consumer = read(behind)
    const word = read(PRODUCER_POSITION)
    const producer = positionOf(word, read(CLEAN_POSITION), locked)
    const released = read(RELEASED_POSITION)
    if (read(behind) !== consumer) continue
    if ((consumer & 7) !== 0 || (producer & 7) !== 0) {
      throw damaged(`its positions ${consumer} and ${producer} are no multiples of 8`, consumer)
    }
    if (!locked && ((released & 7) !== 0 || (consumer - released) >>> 0 >= size)) {
      throw damaged(
        `its released position ${released} does not fit its consumer position ${consumer}`,
        released,
      )
    }
    if ((producer - consumer) >>> 0 >= size) {
      throw damaged(
        `its positions ${consumer} and ${producer} are further apart than its ${size} bytes allow`,
        consumer,
      )
    }
    return
  }
}

/** The producer position without the bits that may stand there: as in algorithm/producer-position.ts. */
function positionOf(word: number, clean: number, locked: boolean): number {
  const unclean = (clean - (word & ~POSITION_BITS)) | 0
  const isReserving = !locked && (word & RESERVING_BIT) !== 0 && unclean > 0
  return (isReserving ? word & ~POSITION_BITS : word & ~CLOSED_BIT) >>> 0
}

function damaged(what: string, value: number): RingbufError {
  return new RingbufError('ERR_RING_DAMAGED', `the ring is damaged: ${what}`, { value })
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
