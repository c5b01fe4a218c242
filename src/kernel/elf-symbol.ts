/** Where a function of a program or library begins in its file: what uprobes are attached by. */
import { RingbufError } from '../abi/error.js'
import { O_CLOEXEC, O_RDONLY } from '../system/constants.js'
import { Descriptor } from '../system/descriptor.js'
import { isRegular, mustStatus } from '../system/file-status.js'
import { mapFile } from '../system/map.js'
import type { System } from '../system/system.js'

/**
 * As far as it is read, ELF of 64 bits, little-endian:
 *
 *   header    +32 program headers at | +40 section headers at | +54, +56 their size and number | +58, +60 the same
 *   segment   +0 type (1: loaded) | +8 offset in the file | +16 address | +32 bytes in the file
 *   section   +4 type (2, 11: symbols) | +24 offset | +32 bytes | +40 section with its strings | +56 bytes a symbol
 *   symbol    +0 name | +4 kind | +6 section (0: defined elsewhere) | +8 address
 */
const MAGIC = 0x464c_457f
const CLASS_64_LITTLE = 0x0102
const SEGMENT_LOADED = 1
const SECTIONS_OF_SYMBOLS = [11, 2]
const KIND_MASK = 0xf
const KIND_FUNCTION = 2

/** @throws RingbufError ERR_SYSTEM; ERR_INVALID_ARGUMENT if it is no such file, or has no such function */
export function symbolOffset(system: System, path: string, symbol: string): number {
  const file = Descriptor.own(system, system.open(path, O_RDONLY | O_CLOEXEC, 0), 'open', path, {
    ENOENT: 'there is no such file',
  })
  try {
    const status = mustStatus(system, file.fd, path)
    const length = status.sizeBytes
    if (!isRegular(status) || length < 64) throw noSuch(path, symbol, 'it is no ELF file of 64 bits')
    const mapping = mapFile(system, file.fd, path, { length, access: 'read' })
    try {
      return find(new DataView(mapping.buffer), path, symbol)
    } finally {
      mapping.close()
    }
  } finally {
    file.close()
  }
}

function find(data: DataView, path: string, symbol: string): number {
  if (data.getUint32(0, true) !== MAGIC || data.getUint16(4, true) !== CLASS_64_LITTLE) {
    throw noSuch(path, symbol, 'it is no ELF file of 64 bits')
  }
  const long = (at: number) => Number(data.getBigUint64(at, true))
  const wanted = new TextEncoder().encode(`${symbol}\0`)
  try {
    for (const type of SECTIONS_OF_SYMBOLS) {
      for (const section of table(data, 40, 58)) {
        if (data.getUint32(section + 4, true) !== type) continue
        const [start, bytes, each] = [long(section + 24), long(section + 32), long(section + 56)]
        if (each < 24) continue
        const strings = long(sectionAt(data, data.getUint32(section + 40, true)) + 24)
        for (let at = start; at + each <= start + bytes; at += each) {
          const isFunction = (data.getUint8(at + 4) & KIND_MASK) === KIND_FUNCTION
          if (!isFunction || data.getUint16(at + 6, true) === 0) continue
          if (isNamed(data, strings + data.getUint32(at, true), wanted)) {
            return toOffset(data, long(at + 8), path, symbol)
          }
        }
      }
    }
  } catch (error) {
    if (error instanceof RingbufError) throw error
    throw noSuch(path, symbol, 'its tables point outside of it')
  }
  throw noSuch(path, symbol, 'it has no such function')
}

/** Where the entries of a table of the header begin. */
function* table(data: DataView, startAt: number, sizeAt: number): Generator<number> {
  const start = Number(data.getBigUint64(startAt, true))
  const [each, count] = [data.getUint16(sizeAt, true), data.getUint16(sizeAt + 2, true)]
  for (let i = 0; i < count; i++) yield start + i * each
}

function sectionAt(data: DataView, index: number): number {
  return Number(data.getBigUint64(40, true)) + index * data.getUint16(58, true)
}

function isNamed(data: DataView, at: number, name: Uint8Array): boolean {
  return name.every((byte, i) => data.getUint8(at + i) === byte)
}

/** An address is where a segment of the file is loaded to. */
function toOffset(data: DataView, address: number, path: string, symbol: string): number {
  const long = (at: number) => Number(data.getBigUint64(at, true))
  for (const segment of table(data, 32, 54)) {
    const [offset, start, bytes] = [long(segment + 8), long(segment + 16), long(segment + 32)]
    if (data.getUint32(segment, true) !== SEGMENT_LOADED) continue
    if (address >= start && address < start + bytes) return address - start + offset
  }
  throw noSuch(path, symbol, 'it is not loaded from the file')
}

function noSuch(path: string, symbol: string, why: string): RingbufError {
  return new RingbufError('ERR_INVALID_ARGUMENT', `function '${symbol}' of ${path}: ${why}`, {
    value: symbol,
  })
}
