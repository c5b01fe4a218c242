/** Who owns what: closed once, at the latest when forgotten, and noticed by tests if not. */
import assert from 'node:assert/strict'
import { fstatSync } from 'node:fs'
import { describe, test } from 'node:test'
import { F_DUPFD_CLOEXEC, MFD_CLOEXEC } from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import { mapAnonymous, mapFile } from '#dist/system/map.js'
import { Watch } from '#dist/system/watch.js'
import { door, NO_DOOR } from './support/door.js'
import { mustSucceed, mustThrow } from './support/errors.js'
import { tidyTest, withoutLeaks } from './support/leaks.js'
import { runProgram } from './support/process.js'

const PAGE = NO_DOOR ? 4096 : door.pageBytes
const DETACHES = typeof ArrayBuffer.prototype.transfer === 'function'

function memfd(): Descriptor {
  const made = Descriptor.own(door, door.memfdCreate('owned', MFD_CLOEXEC), 'memfd_create', `memfd 'owned'`)
  mustSucceed(door.ftruncate(made.fd, PAGE))
  return made
}

describe('a descriptor', { skip: NO_DOOR }, () => {
  tidyTest('is closed at the end of its block', () => {
    let number = -1
    {
      using file = memfd()
      number = file.fd
      assert.ok(fstatSync(number).isFile())
    }
    assert.throws(() => fstatSync(number), { code: 'EBADF' })
  })

  tidyTest('is closed once: its number may be of another meanwhile', () => {
    using made = memfd()
    // A high number, which nobody else is given.
    const at700 = () => Descriptor.own(door, door.fcntl(made.fd, F_DUPFD_CLOEXEC, 700), 'fcntl', 'number 700')
    const file = at700()
    const { fd } = file
    file.close()
    using other = at700()
    assert.equal(other.fd, fd)
    file.close()
    file[Symbol.dispose]()
    assert.ok(fstatSync(other.fd).isFile())
  })

  tidyTest('that was closed tells no number', () => {
    const file = memfd()
    assert.equal(file.closed, false)
    file.close()
    assert.equal(file.closed, true)
    const error = mustThrow('ERR_RESOURCE_CLOSED', () => file.fd)
    assert.equal(error.message, `memfd 'owned': the descriptor was closed`)
    mustThrow('ERR_RESOURCE_CLOSED', () => file.release())
  })

  tidyTest('can be given away', () => {
    const file = memfd()
    const fd = file.release()
    file.close()
    assert.ok(fstatSync(fd).isFile())
    using taken = new Descriptor(door, fd, 'taken')
    assert.equal(taken.fd, fd)
  })

  tidyTest('of a call that failed is none', () => {
    const open = () =>
      Descriptor.own(door, door.open('/none', 0, 0), 'openat', '/none', { ENOENT: 'make it first' })
    assert.equal(mustThrow('ERR_SYSTEM', open).message, 'openat /none: ENOENT, make it first')
  })
})

describe('a mapping', { skip: NO_DOOR }, () => {
  tidyTest('that was closed shows nothing, and says so', () => {
    using file = memfd()
    const mapping = mapFile(door, file.fd, `ring 'x'`, { length: PAGE })
    const { buffer, bytes, words, longs } = mapping
    bytes[0] = 5
    mapping.close()
    mapping.close()
    mapping[Symbol.dispose]()
    assert.equal(mapping.closed, true)
    for (const look of ['buffer', 'bytes', 'words', 'longs'] as const) {
      const error = mustThrow('ERR_RESOURCE_CLOSED', () => mapping[look])
      assert.equal(error.message, `ring 'x': the mapping was closed`)
    }
    if (DETACHES) {
      assert.deepEqual([buffer.byteLength, bytes.length, words.length, longs.length], [0, 0, 0, 0])
      assert.equal(bytes[0], undefined)
      assert.throws(() => Atomics.load(words, 0), TypeError)
    } else {
      assert.equal(bytes[0], 5, 'the pages stay, as long as there are views')
    }
  })

  test('whose buffer was transferred away leaves the pages to whoever has them', () => {
    const mapping = mapAnonymous(door, 'bytes', PAGE)
    // Node 20 has no `transfer`, and nothing to see here.
    const taken = new Uint8Array(mapping.buffer.transfer?.() ?? mapping.buffer)
    mapping.close()
    taken[0] = 1
    assert.equal(taken[0], 1)
  })

  test('views of what was closed and unmapped never end the process', async () => {
    const { output, errors, signal } = await runProgram(
      `
      const system = loadSystem(), views = []
      for (let i = 0; i < 200; i++) {
        const mapping = mapAnonymous(system, 'x', 65536)
        views.push(mapping.bytes, mapping.words)
        mapping.close()
        if (i % 50 === 0) gc()
      }
      gc(); await new Promise((resolve) => setTimeout(resolve, 20)); gc()
      let sum = 0
      for (const view of views) for (let i = 0; i < view.length; i += 1000) { view[i] = i; sum += view[i] }
      // Of a view that is detached these are errors, and no more.
      for (const view of views) try { view.fill(1); view.slice(0, 100) } catch {}
      process.stdout.write(sum > 0 ? 'late' : 'detached')`,
      ['--expose-gc'],
    )
    assert.deepEqual([output, signal], [DETACHES ? 'detached' : 'late', null], errors)
  })

  test('its pages are given back: at once, or when the last view is gone', async () => {
    const { output, errors } = await runProgram(
      `
      import { readFileSync } from 'node:fs'
      const system = loadSystem()
      const mapped = () => readFileSync('/proc/self/maps', 'utf8').includes('/memfd:counted ')
      const collect = async () => {
        for (let i = 0; i < 5; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 10)) }
      }
      const file = Descriptor.own(system, system.memfdCreate('counted', 0), 'memfd_create', 'counted')
      system.ftruncate(file.fd, 4096)
      const said = []
      let view
      ;(() => { const mapping = mapFile(system, file.fd, 'x', { length: 4096 }); view = mapping.bytes; mapping.close() })()
      await collect()
      said.push(mapped())
      view = undefined
      await collect()
      said.push(mapped())
      // Forgotten, and never closed.
      ;(() => { view = mapFile(system, file.fd, 'x', { length: 4096 }).bytes })()
      await collect()
      said.push(mapped())
      view = undefined
      await collect()
      said.push(mapped())
      // A descriptor that is forgotten.
      let fd
      ;(() => { fd = Descriptor.own(system, system.memfdCreate('forgotten', 0), 'memfd_create', 'x').fd })()
      said.push(system.fcntl(fd, 1, 0))
      await collect()
      said.push(system.fcntl(fd, 1, 0))
      // One that was given away: it is of others.
      ;(() => { fd = Descriptor.own(system, system.memfdCreate('given', 0), 'memfd_create', 'x').release() })()
      await collect()
      said.push(system.fcntl(fd, 1, 0))
      process.stdout.write(said.join())`,
      ['--expose-gc'],
    )
    assert.equal(output, `${!DETACHES},false,true,false,0,-9,0`, errors)
  })
})

describe('leaks', { skip: NO_DOOR }, () => {
  const leaks: Readonly<Record<string, () => { close(): void }>> = {
    descriptor: memfd,
    mapping: () => mapAnonymous(door, `memfd 'owned'`, PAGE),
    watch: () => {
      using bell = new Descriptor(door, door.eventfd(0), 'bell')
      return new Watch(door, bell.fd, `memfd 'owned'`, () => {})
    },
  }
  for (const [kind, leak] of Object.entries(leaks)) {
    test(`a ${kind} that is left open fails the test, which says where it was opened`, async () => {
      let left: { close(): void } | undefined
      await assert.rejects(
        withoutLeaks(() => {
          left = leak()
        }),
        ({ message }: Error) => {
          assert.match(message, new RegExp(`^left open:\\n${kind} memfd 'owned', opened\\n`))
          assert.match(message, /owners\.test\.js:\d+/)
          assert.doesNotMatch(message, /openings\.js/)
          return true
        },
      )
      left?.close()
    })
  }

  test('what was closed is none, whoever opened it', async () => {
    const before = memfd()
    await withoutLeaks(() => {
      before.close()
      memfd().close()
    })
  })

  test('a body that throws throws its own', async () => {
    await assert.rejects(
      withoutLeaks(() => {
        throw new Error('mine')
      }),
      /^Error: mine$/,
    )
  })
})
