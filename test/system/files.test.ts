/** Files in memory and files with names, and everything they are refused. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe } from 'node:test'
import * as constants from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { door, NO_DOOR } from './support/door.js'
import { mustRefuse, mustSucceed } from './support/errors.js'
import { tidyTest } from './support/leaks.js'

const { F_ADD_SEALS, F_GET_SEALS, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE } = constants
const { O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants

/** No descriptor has this number. */
const NONE = 1_000_000

function memfd(flags = constants.MFD_CLOEXEC | constants.MFD_ALLOW_SEALING): Descriptor {
  return Descriptor.own(door, door.memfdCreate('of a test', flags), 'memfd_create', 'memfd')
}

describe('files without a name', { skip: NO_DOOR }, () => {
  tidyTest('a memfd has a size, and its name in /proc', () => {
    using file = memfd()
    assert.equal(door.ftruncate(file.fd, 12345), 0)
    const status = door.status(file.fd)
    assert.ok(typeof status === 'object')
    assert.equal(status.sizeBytes, 12345)
    assert.equal(status.mode & constants.S_IFMT, constants.S_IFREG)
    assert.equal(status.userId, process.getuid?.())
    assert.equal(status.groupId, process.getgid?.())
    assert.equal(status.links, 0)
    assert.match(readFileSync(`/proc/self/fdinfo/${file.fd}`, 'utf8'), new RegExp(`ino:\\s+${status.inode}`))
  })

  tidyTest('a size beyond 4 GiB is told', () => {
    using file = memfd()
    mustSucceed(door.ftruncate(file.fd, 5 * 2 ** 30))
    const status = door.status(file.fd)
    assert.ok(typeof status === 'object')
    assert.equal(status.sizeBytes, 5 * 2 ** 30)
  })

  tidyTest('seals are kept: EPERM', () => {
    using file = memfd()
    mustSucceed(door.ftruncate(file.fd, 4096))
    const seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL
    assert.equal(door.fcntl(file.fd, F_ADD_SEALS, seals), 0)
    assert.equal(door.fcntl(file.fd, F_GET_SEALS, 0), seals)
    mustRefuse(door.ftruncate(file.fd, 0), 'EPERM')
    mustRefuse(door.ftruncate(file.fd, 8192), 'EPERM')
    mustRefuse(door.fcntl(file.fd, F_ADD_SEALS, F_SEAL_WRITE), 'EPERM')
    mustSucceed(door.write(file.fd, Uint8Array.of(1)))
  })

  tidyTest('a file made without sealing takes no seal: EPERM', () => {
    using file = memfd(0)
    mustRefuse(door.fcntl(file.fd, F_ADD_SEALS, F_SEAL_GROW), 'EPERM')
    assert.equal(door.fcntl(file.fd, F_GET_SEALS, 0), F_SEAL_SEAL)
  })

  tidyTest('arguments that cannot be: EINVAL', () => {
    mustRefuse(door.memfdCreate('x', 0x4000), 'EINVAL')
    mustRefuse(door.memfdCreate('x'.repeat(250), 0), 'EINVAL')
    mustRefuse(door.memfdCreate('a\0b', 0), 'EINVAL')
    using file = memfd()
    mustRefuse(door.ftruncate(file.fd, -1), 'EINVAL')
    mustRefuse(door.fcntl(file.fd, 9999, 0), 'EINVAL')
  })

  tidyTest('no descriptor: EBADF, from every call', () => {
    // -100 means the working directory, in some calls.
    for (const fd of [NONE, -1, -100]) {
      mustRefuse(door.close(fd), 'EBADF')
      mustRefuse(door.ftruncate(fd, 0), 'EBADF')
      mustRefuse(door.fcntl(fd, constants.F_GETFD, 0), 'EBADF')
      mustRefuse(door.fchmod(fd, 0o600), 'EBADF')
      mustRefuse(door.status(fd) as number, 'EBADF')
      mustRefuse(door.read(fd, new Uint8Array(1)), 'EBADF')
      mustRefuse(door.write(fd, new Uint8Array(1)), 'EBADF')
    }
  })

  tidyTest('descriptors are closed on exec, unless that is taken from them', () => {
    using file = memfd()
    assert.equal(door.fcntl(file.fd, constants.F_GETFD, 0), constants.FD_CLOEXEC)
    mustSucceed(door.fcntl(file.fd, constants.F_SETFD, 0))
    assert.equal(door.fcntl(file.fd, constants.F_GETFD, 0), 0)
    const answer = door.fcntl(file.fd, constants.F_DUPFD_CLOEXEC, 100)
    using twin = Descriptor.own(door, answer, 'fcntl', 'twin')
    assert.ok(twin.fd >= 100)
    assert.equal(door.fcntl(twin.fd, constants.F_GETFD, 0), constants.FD_CLOEXEC)
    const [one, other] = [door.status(file.fd), door.status(twin.fd)]
    assert.ok(typeof one === 'object' && typeof other === 'object')
    assert.equal(one.inode, other.inode)
  })

  tidyTest('bytes are written and read', () => {
    using file = memfd()
    const bytes = Uint8Array.from({ length: 8192 }, (_, i) => i % 251)
    assert.equal(door.write(file.fd, bytes), 8192)
    using again = Descriptor.own(door, door.open(`/proc/self/fd/${file.fd}`, O_RDONLY, 0), 'openat', 'again')
    const into = new Uint8Array(10_000)
    assert.equal(door.read(again.fd, into), 8192)
    assert.deepEqual(into.subarray(0, 8192), bytes)
    assert.equal(door.read(again.fd, into), 0, 'the end')
    mustRefuse(door.write(again.fd, bytes), 'EBADF')
    mustRefuse(door.write(file.fd, new Uint8Array(8193)), 'EINVAL')
  })
})

describe('files with a name', { skip: NO_DOOR }, () => {
  const folder = NO_DOOR ? '' : mkdtempSync('/dev/shm/ringbuf-test-')
  const at = (name: string) => join(folder, name)
  after(() => NO_DOOR || rmSync(folder, { recursive: true }))
  const open = (path: string, flags: number, mode = 0o600) =>
    Descriptor.own(door, door.open(path, flags | O_CLOEXEC, mode), 'openat', path)

  tidyTest('one of two creators succeeds: EEXIST', () => {
    using file = open(at('one'), O_RDWR | O_CREAT | O_EXCL)
    mustRefuse(door.open(at('one'), O_RDWR | O_CREAT | O_EXCL, 0o600), 'EEXIST')
    assert.equal(statSync(at('one')).mode & 0o777, 0o600)
    mustSucceed(door.fchmod(file.fd, 0o664))
    assert.equal(statSync(at('one')).mode & 0o777, 0o664)
  })

  tidyTest('names that cannot be: ENOENT, ENOTDIR, ENAMETOOLONG, EINVAL', () => {
    mustRefuse(door.open(at('none'), O_RDWR, 0), 'ENOENT')
    mustRefuse(door.open(`${at('one')}/below`, O_RDWR, 0), 'ENOTDIR')
    mustRefuse(door.open(at('x'.repeat(256)), O_RDWR | O_CREAT, 0o600), 'ENAMETOOLONG')
    mustRefuse(door.open(`/${'x/'.repeat(2048)}`, O_RDWR, 0), 'ENAMETOOLONG')
    mustRefuse(door.open('a\0b', O_RDWR, 0), 'EINVAL')
    mustRefuse(door.link(at('none'), at('other')), 'ENOENT')
    mustRefuse(door.rename(at('none'), at('other'), 0), 'ENOENT')
    mustRefuse(door.unlink(at('none')), 'ENOENT')
    mustRefuse(door.link(at('one'), '\0'), 'EINVAL')
    mustRefuse(door.temporaryFile(at('none'), 0o600), 'ENOENT')
  })

  tidyTest('names are UTF-8', () => {
    open(at('Ring Größe 环 🔔'), O_RDWR | O_CREAT).close()
    assert.ok(statSync(at('Ring Größe 环 🔔')).isFile())
    mustSucceed(door.unlink(at('Ring Größe 环 🔔')))
  })

  tidyTest('a file gets its name when it is complete, and once: EEXIST', () => {
    const creator = () => Descriptor.own(door, door.temporaryFile(folder, 0o600), 'openat', 'temporary')
    using first = creator()
    using second = creator()
    mustSucceed(door.ftruncate(first.fd, 4096))
    mustRefuse(door.open(at('complete'), O_RDWR, 0), 'ENOENT')
    assert.equal(door.linkDescriptor(first.fd, at('complete')), 0)
    mustRefuse(door.linkDescriptor(second.fd, at('complete')), 'EEXIST')
    assert.equal(statSync(at('complete')).size, 4096)
  })

  tidyTest('names move, if told so over others, and are taken away', () => {
    open(at('a'), O_RDWR | O_CREAT).close()
    open(at('b'), O_RDWR | O_CREAT).close()
    mustRefuse(door.rename(at('a'), at('b'), constants.RENAME_NOREPLACE), 'EEXIST')
    assert.equal(door.rename(at('a'), at('b'), 0), 0)
    assert.equal(door.link(at('b'), at('c')), 0)
    assert.equal(statSync(at('c')).nlink, 2)
    assert.equal(door.unlink(at('b')), 0)
    mustRefuse(door.open(at('b'), O_RDONLY, 0), 'ENOENT')
  })

  tidyTest('a name of the longest length is none too long', () => {
    open(at('y'.repeat(255)), O_RDWR | O_CREAT).close()
    assert.ok(statSync(at('y'.repeat(255))).isFile())
  })
})
