/** bpf(2), and the pages of the kernel's own rings: who may map which, and how. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe } from 'node:test'
import * as constants from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { must } from '#dist/system/failure.js'
import { mapFile } from '#dist/system/map.js'
import { Watch } from '#dist/system/watch.js'
import { door, NO_BPF } from './support/door.js'
import { mustRefuse, mustThrow } from './support/errors.js'
import { createKernelRing } from './support/kernel-ring.js'
import { tidyTest } from './support/leaks.js'

const BPF_MAP_LOOKUP_ELEM = 1
const BPF_OBJ_GET_INFO_BY_FD = 15
const PAGE = NO_BPF ? 4096 : door.pageBytes
const CALL = 'bpf(BPF_MAP_CREATE)'
const HINT = { EINVAL: 'wants a power of two of whole pages' }

const kernelRing = (bytes = PAGE) =>
  Descriptor.own(door, createKernelRing(door, bytes), CALL, `ringbuf 'events'`, HINT)

describe('a ring of the kernel', { skip: NO_BPF }, () => {
  tidyTest('is made by bpf(2), and refused with its reason', () => {
    using ring = kernelRing()
    assert.match(readFileSync(`/proc/self/fdinfo/${ring.fd}`, 'utf8'), /map_type:\s+27/)
    assert.equal(
      mustThrow('ERR_SYSTEM', () => kernelRing(1000)).message,
      `${CALL} ringbuf 'events': EINVAL, wants a power of two of whole pages`,
    )
    assert.throws(() => must(door.bpf(9999, new Uint8Array(8)), 'bpf', 'nothing'), { code: 'ERR_SYSTEM' })
    mustRefuse(door.bpf(0, new Uint8Array(8193)), 'E2BIG')
  })

  tidyTest('tells what it is: the kernel writes through pointers, and into the attributes', () => {
    using ring = kernelRing(4 * PAGE)
    const info = new Uint8Array(256)
    const attributes = new Uint8Array(16)
    const data = new DataView(attributes.buffer)
    data.setUint32(0, ring.fd, true)
    data.setUint32(4, info.length, true)
    data.setBigUint64(8, BigInt(door.addressOf(info)), true)
    assert.equal(door.bpf(BPF_OBJ_GET_INFO_BY_FD, attributes), 0)
    const told = new DataView(info.buffer)
    assert.deepEqual([told.getUint32(0, true), told.getUint32(16, true)], [27, 4 * PAGE])
    assert.ok(data.getUint32(4, true) < info.length, 'how much it has written')
  })

  tidyTest('answers errors that libraries do not know', () => {
    using ring = kernelRing()
    const attributes = new Uint8Array(32)
    new DataView(attributes.buffer).setUint32(0, ring.fd, true)
    mustRefuse(door.bpf(BPF_MAP_LOOKUP_ELEM, attributes), 'ENOTSUPP')
  })

  tidyTest('has a page for its consumer to write', () => {
    using ring = kernelRing()
    using consumer = mapFile(door, ring.fd, 'consumer page', { length: PAGE })
    using again = mapFile(door, ring.fd, 'consumer page', { length: PAGE })
    Atomics.store(consumer.longs, 0, 4096n)
    assert.equal(Atomics.load(again.longs, 0), 4096n)
    const two = { length: 2 * PAGE }
    assert.equal(mustThrow('ERR_SYSTEM', () => mapFile(door, ring.fd, 'pages', two)).detail['errno'], 'EPERM')
  })

  tidyTest('has pages that its consumer only reads: EPERM', () => {
    using ring = kernelRing()
    const pages = { offset: PAGE, length: 3 * PAGE }
    const write = () =>
      mapFile(door, ring.fd, `ringbuf 'events'`, { ...pages, hint: { EPERM: 'is read only' } })
    assert.equal(mustThrow('ERR_SYSTEM', write).message, `mmap ringbuf 'events': EPERM, is read only`)
    using read = mapFile(door, ring.fd, 'data', { ...pages, access: 'read' })
    assert.equal(Atomics.load(read.longs, 0), 0n)
    mustRefuse(door.mprotect(read.address, PAGE, constants.PROT_READ | constants.PROT_WRITE), 'EACCES')
    const { MAP_PRIVATE, PROT_READ } = constants
    mustRefuse(door.mmap(0, PAGE, PROT_READ, MAP_PRIVATE, ring.fd, 0), 'EINVAL')
    mustRefuse(door.mmap(0, 5 * PAGE, PROT_READ, constants.MAP_SHARED, ring.fd, 0), 'EINVAL')
  })

  tidyTest('wakes the event loop as long as its positions differ', async () => {
    using ring = kernelRing()
    using consumer = mapFile(door, ring.fd, 'consumer page', { length: PAGE })
    const item = { fd: ring.fd, events: constants.POLLIN, found: 0 }
    assert.equal(door.poll([item], 0), 0)
    // No program runs here: a consumer position that is not the producer's makes it readable as well.
    Atomics.store(consumer.longs, 0, 8n)
    assert.equal(door.poll([item], 0), 1)
    await new Promise<void>((resolve) => {
      const watch = new Watch(door, ring.fd, 'ring', () => {
        watch.close()
        resolve()
      })
    })
  })
})
