/** Mapped memory: files, rings that are mapped twice, rights, addresses. */
import assert from 'node:assert/strict'
import { constants as bufferConstants } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { describe } from 'node:test'
import * as constants from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { mapAnonymous, mapFile, mapTwice } from '#dist/system/map.js'
import { door, NO_DOOR } from './support/door.js'
import { mustRefuse, mustSucceed, mustThrow } from './support/errors.js'
import { tidyTest } from './support/leaks.js'

const { MAP_ANONYMOUS, MAP_FIXED, MAP_PRIVATE, MAP_SHARED, PROT_NONE, PROT_READ, PROT_WRITE } = constants
const RW = PROT_READ | PROT_WRITE
const PAGE = NO_DOOR ? 4096 : door.pageBytes

function file(pages: number, name = 'pages'): Descriptor {
  const made = Descriptor.own(
    door,
    door.memfdCreate(name, constants.MFD_ALLOW_SEALING | constants.MFD_CLOEXEC),
    'memfd_create',
    'pages',
  )
  mustSucceed(door.ftruncate(made.fd, pages * PAGE))
  return made
}

describe('mmap', { skip: NO_DOOR }, () => {
  tidyTest('two mappings of a file are one memory', () => {
    using pages = file(2)
    using one = mapFile(door, pages.fd, 'one', { length: 2 * PAGE })
    using other = mapFile(door, pages.fd, 'other', { length: PAGE, offset: PAGE })
    assert.notEqual(one.address, other.address)
    one.bytes[PAGE] = 42
    assert.equal(other.bytes[0], 42)
    assert.equal(Atomics.add(other.words, 1, 5), 0)
    assert.equal(Atomics.load(one.words, PAGE / 4 + 1), 5)
    Atomics.store(one.longs, 1, 2n ** 40n)
    assert.equal(one.words[3], 256)
  })

  tidyTest('the file shows what the mapping wrote, and keeps it', () => {
    using pages = file(1)
    const mapping = mapFile(door, pages.fd, 'short', { length: PAGE })
    mapping.bytes.set([1, 2, 3])
    mapping.close()
    const into = new Uint8Array(3)
    assert.equal(door.read(pages.fd, into), 3)
    assert.deepEqual([...into], [1, 2, 3])
  })

  tidyTest('memory is mapped where it is asked for, over what was there', () => {
    using pages = file(1)
    using room = mapAnonymous(door, 'room', 3 * PAGE)
    room.bytes.fill(1)
    const middle = room.address + PAGE
    assert.equal(door.mmap(middle, PAGE, RW, MAP_SHARED | MAP_FIXED, pages.fd, 0), middle)
    assert.deepEqual([room.bytes[PAGE - 1], room.bytes[PAGE], room.bytes[2 * PAGE]], [1, 0, 1])
    room.bytes[PAGE] = 9
    using view = mapFile(door, pages.fd, 'view', { length: PAGE })
    assert.equal(view.bytes[0], 9)
  })

  tidyTest('refusals: EINVAL, EBADF, EACCES, ENOMEM', () => {
    using pages = file(1)
    mustRefuse(door.mmap(0, 0, RW, MAP_SHARED, pages.fd, 0), 'EINVAL')
    mustRefuse(door.mmap(0, PAGE, RW, MAP_SHARED, pages.fd, 1), 'EINVAL')
    mustRefuse(door.mmap(1, PAGE, RW, MAP_SHARED | MAP_FIXED, pages.fd, 0), 'EINVAL')
    mustRefuse(door.mmap(0, PAGE, RW, MAP_SHARED, -1, 0), 'EBADF')
    mustRefuse(door.mmap(0, 2 ** 47, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 'ENOMEM')
    mustRefuse(door.munmap(1, PAGE), 'EINVAL')
    mustRefuse(door.mprotect(1, PAGE, RW), 'EINVAL')
    const path = `/proc/self/fd/${pages.fd}`
    const answer = door.open(path, constants.O_RDONLY | constants.O_CLOEXEC, 0)
    using readable = Descriptor.own(door, answer, 'openat', path)
    mustRefuse(door.mmap(0, PAGE, RW, MAP_SHARED, readable.fd, 0), 'EACCES')
    using mapped = mapFile(door, readable.fd, 'read', { length: PAGE, access: 'read' })
    assert.equal(mapped.bytes[0], 0)
    mustRefuse(door.mprotect(mapped.address, PAGE, RW), 'EACCES')
  })

  tidyTest('what is sealed against writing is not mapped to be written: EPERM', () => {
    using pages = file(1)
    mustSucceed(door.fcntl(pages.fd, constants.F_ADD_SEALS, constants.F_SEAL_WRITE))
    const error = mustThrow('ERR_SYSTEM', () =>
      mapFile(door, pages.fd, `memfd 'pages'`, { length: PAGE, hint: { EPERM: 'is sealed' } }),
    )
    assert.equal(error.message, `mmap memfd 'pages': EPERM, is sealed`)
    mapFile(door, pages.fd, 'read', { length: PAGE, access: 'read' }).close()
  })

  tidyTest('a mapping past the end of its file is refused, because touching it would end the process', () => {
    using pages = file(2)
    const map = (length: number, offset: number) => () => mapFile(door, pages.fd, 'pages', { length, offset })
    const error = mustThrow('ERR_INVALID_ARGUMENT', map(2 * PAGE, PAGE))
    assert.equal(error.message, `pages: cannot map ${3 * PAGE} bytes of a file of ${2 * PAGE}`)
    assert.deepEqual(error.detail, { value: 3 * PAGE, maximum: 2 * PAGE })
    mustThrow('ERR_INVALID_ARGUMENT', map(1, 2 * PAGE))
    assert.equal(
      mustThrow('ERR_SYSTEM', () => mapFile(door, 1_000_000, 'none', { length: 1 })).detail['errno'],
      'EBADF',
    )
  })

  tidyTest('more than a buffer can hold is refused, where runtimes would end; else it is mapped', () => {
    const length = 5 * 2 ** 30
    using pages = file(0, 'long')
    mustSucceed(door.ftruncate(pages.fd, length))
    const map = () => mapFile(door, pages.fd, 'long', { length })
    if (length > bufferConstants.MAX_LENGTH) {
      const { message, detail } = mustThrow('ERR_NOT_SUPPORTED', map)
      assert.match(message, /^long: 5368709120 bytes cannot be shown: .*longer than this runtime allows/)
      assert.equal(detail['bytes'], length)
      assert.doesNotMatch(proc('maps'), /memfd:long /)
    } else {
      using mapping = map()
      mapping.bytes[length - 1] = 1
      assert.equal(mapping.bytes[length - 1], 1)
    }
  })

  tidyTest('the address of bytes is where the kernel finds them', () => {
    const path = new TextEncoder().encode('....\0')
    assert.equal(door.addressOf(path.subarray(4)), door.addressOf(path) + 4)
    using mapping = mapAnonymous(door, 'bytes', PAGE)
    assert.equal(door.addressOf(mapping.bytes), mapping.address)
    assert.equal(new Uint8Array(door.view(door.addressOf(path), 4))[0], 46)
  })
})

describe('a ring that is mapped twice', { skip: NO_DOOR }, () => {
  for (const [headPages, dataPages] of [
    [3, 1],
    [2, 4],
    [1, 256],
  ] as const) {
    tidyTest(`${dataPages} pages of data go on at their start, both ways`, () => {
      using pages = file(headPages + dataPages)
      const [headBytes, dataBytes] = [headPages * PAGE, dataPages * PAGE]
      using ring = mapTwice(door, pages.fd, 'ring', { headBytes, dataBytes })
      assert.equal(ring.length, headBytes + 2 * dataBytes)
      const { bytes } = ring
      const end = headBytes + dataBytes
      bytes.set([1, 2, 3, 4, 5, 6, 7, 8], end - 4)
      assert.deepEqual([...bytes.subarray(headBytes, headBytes + 4)], [5, 6, 7, 8])
      assert.deepEqual([...bytes.subarray(end + dataBytes - 4)], [1, 2, 3, 4])
      bytes[headBytes + 1] = 77
      assert.equal(bytes[end + 1], 77)
      assert.equal(bytes[0], 0, 'the head is not touched')
      // An atomic on one shows in the other.
      const words = ring.words
      Atomics.add(words, end / 4 + 3, 11)
      assert.equal(Atomics.load(words, headBytes / 4 + 3), 11)
      using plain = mapFile(door, pages.fd, 'file', { length: headBytes, offset: 0 })
      bytes[5] = 1
      assert.equal(plain.bytes[5], 1)
    })
  }

  tidyTest('read-only, it shows the same', () => {
    using pages = file(2)
    const size = { headBytes: PAGE, dataBytes: PAGE }
    using ring = mapTwice(door, pages.fd, 'ring', size)
    using seen = mapTwice(door, pages.fd, 'seen', { ...size, access: 'read' })
    ring.bytes[PAGE] = 3
    assert.deepEqual([seen.bytes[PAGE], seen.bytes[2 * PAGE]], [3, 3])
    mustSucceed(door.mprotect(seen.address, PAGE, RW))
  })

  tidyTest('a file is mapped in two pieces', () => {
    using pages = file(2, 'pieces')
    const ring = mapTwice(door, pages.fd, 'ring', { headBytes: PAGE, dataBytes: PAGE })
    assert.equal(proc('maps').match(/memfd:pieces /g)?.length, 2)
    ring.close()
  })

  tidyTest('sizes that cannot be leave nothing mapped', () => {
    const dataBytes = 2 ** 30
    const reservedKiB = () => Number(/VmSize:\s+(\d+) kB/.exec(proc('status'))?.[1])
    const before = reservedKiB()
    using pages = file(1, 'too short')
    mustSucceed(door.ftruncate(pages.fd, 2 * dataBytes))
    for (let i = 0; i < 100; i++) {
      const { detail } = mustThrow('ERR_SYSTEM', () =>
        mapTwice(door, pages.fd, 'ring', { headBytes: 100, dataBytes }),
      )
      assert.equal(detail['errno'], 'EINVAL')
    }
    // Each reserves two GiB first.
    assert.ok(reservedKiB() - before < 2 ** 20 * 20)
    mustThrow('ERR_INVALID_ARGUMENT', () =>
      mapTwice(door, pages.fd, 'ring', { headBytes: PAGE, dataBytes: 2 * dataBytes }),
    )
  })
})

/** What the kernel tells of this process. */
function proc(name: string): string {
  return readFileSync(`/proc/self/${name}`, 'utf8')
}
