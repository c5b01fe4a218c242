/** The event loop is woken when a descriptor is readable: by itself, and by a thread of its own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { F_DUPFD_CLOEXEC } from '#dist/system/constants.js'
import { Descriptor } from '#dist/system/descriptor.js'
import type { WatchOptions } from '#dist/system/watch.js'
import { Watch } from '#dist/system/watch.js'
import { door, NO_DOOR } from './support/door.js'
import { mustThrow } from './support/errors.js'
import { tidyTest } from './support/leaks.js'
import { runProgram } from './support/process.js'

const eventfd = () => Descriptor.own(door, door.eventfd(0), 'eventfd2', 'bell')

/** Waits until it holds; fails after a time in which it would have long done so. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 5000
  while (!holds()) {
    assert.ok(performance.now() < end, `never: ${what}`)
    await pause(1)
  }
}

/** What the descriptors of this process are of. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      // The one that listed them.
      return ''
    }
  })
}

/** A bell, and how often it was heard. */
class Listener {
  readonly bell = eventfd()
  readonly watch: Watch
  heard = 0

  constructor(options: WatchOptions) {
    this.watch = new Watch(
      door,
      this.bell.fd,
      'bell',
      () => {
        this.heard += door.eventfdRead(this.bell.fd)
      },
      options,
    )
  }

  ring(): void {
    assert.equal(door.eventfdWrite(this.bell.fd, 1), 0)
  }

  [Symbol.dispose](): void {
    this.watch.close()
    this.bell.close()
  }
}

for (const by of ['loop', 'thread'] as const) {
  const skip =
    NO_DOOR || (by === 'loop' && !door.watchReadable && `${door.backend} cannot ask the event loop`)
  describe(`watching by ${by}`, { skip }, () => {
    tidyTest('each ring is heard, for as long as it is watched', async () => {
      using listener = new Listener({ by })
      for (let i = 1; i <= 300; i++) {
        listener.ring()
        await until(`ring ${i}`, () => listener.heard === i)
      }
      listener.watch.close()
      listener.ring()
      await pause(30)
      assert.equal(listener.heard, 300)
    })

    tidyTest('a bell that rang before is heard', async () => {
      using bell = eventfd()
      door.eventfdWrite(bell.fd, 1)
      const heard = new Promise<void>((resolve) => {
        const watch = new Watch(
          door,
          bell.fd,
          'bell',
          () => {
            watch.close()
            resolve()
          },
          { by },
        )
      })
      await heard
    })

    tidyTest('what is not read is told again', async () => {
      using bell = eventfd()
      let calls = 0
      using watch = new Watch(door, bell.fd, 'bell', () => ++calls, { by })
      door.eventfdWrite(bell.fd, 1)
      await until('it is told again', () => calls > 3)
      door.eventfdRead(bell.fd)
      await pause(20)
      const then = calls
      await pause(30)
      assert.equal(calls, then)
      assert.equal(watch.closed, false)
    })

    tidyTest('many are told apart, and one is watched twice', async () => {
      const listeners = Array.from({ length: 20 }, () => new Listener({ by }))
      const [first] = listeners as [Listener]
      let calls = 0
      using _ = new Watch(door, first.bell.fd, 'again', () => ++calls, { by })
      for (const [i, listener] of listeners.entries()) {
        listener.ring()
        await until(`bell ${i}`, () => listener.heard === 1)
      }
      assert.deepEqual(new Set(listeners.map(({ heard }) => heard)), new Set([1]))
      for (const listener of listeners) listener[Symbol.dispose]()
    })

    tidyTest('the descriptor may be closed meanwhile, and its number be of another', async () => {
      // A high number, which nobody else is given.
      const at700 = (fd: number) =>
        Descriptor.own(door, door.fcntl(fd, F_DUPFD_CLOEXEC, 700), 'fcntl', 'number 700')
      using listener = new Listener({ by })
      listener.watch.close()
      const bell = at700(listener.bell.fd)
      using first = new Watch(door, bell.fd, 'first', () => assert.fail('nobody rang it'), { by })
      bell.close()
      using next = eventfd()
      using other = at700(next.fd)
      let calls = 0
      using watch = new Watch(door, other.fd, 'other', () => ++calls, { by })
      door.eventfdWrite(other.fd, 1)
      await until('the other is heard', () => calls > 0)
      assert.deepEqual([first.closed, watch.closed], [false, false])
    })

    tidyTest('closed in its own call, it is not called again', async () => {
      using bell = eventfd()
      let calls = 0
      const watch = new Watch(
        door,
        bell.fd,
        'bell',
        () => {
          calls++
          watch.close()
        },
        { by },
      )
      door.eventfdWrite(bell.fd, 1)
      await until('it is called', () => calls === 1)
      await pause(30)
      assert.equal(calls, 1)
    })

    tidyTest('closed in its own call, where another begins, the other is heard', async () => {
      // The thread stays the same: it ends with the last watch.
      using listener = new Listener({ by })
      using bell = eventfd()
      using next = eventfd()
      door.eventfdWrite(bell.fd, 1)
      await new Promise<void>((resolve) => {
        const watch = new Watch(
          door,
          bell.fd,
          'bell',
          () => {
            watch.close()
            const other = new Watch(
              door,
              next.fd,
              'next',
              () => {
                other.close()
                resolve()
              },
              { by },
            )
            // When nothing that was begun for the first is under way any more.
            setTimeout(() => door.eventfdWrite(next.fd, 1), 20)
          },
          { by },
        )
      })
      assert.equal(listener.heard, 0)
    })

    tidyTest('that was closed says so', () => {
      using bell = eventfd()
      const watch = new Watch(door, bell.fd, `bell 'x'`, () => {}, { by })
      assert.equal(watch.ref(), watch)
      assert.equal(watch.unref(), watch)
      watch.close()
      watch.close()
      watch[Symbol.dispose]()
      assert.equal(watch.closed, true)
      assert.equal(
        mustThrow('ERR_RESOURCE_CLOSED', () => watch.ref()).message,
        `bell 'x': the watch was closed`,
      )
      mustThrow('ERR_RESOURCE_CLOSED', () => watch.unref())
    })

    tidyTest('what cannot be watched is refused: EBADF, EPERM for files; and leaves nothing open', () => {
      const watch = (fd: number) => mustThrow('ERR_SYSTEM', () => new Watch(door, fd, 'it', () => {}, { by }))
      assert.equal(watch(1_000_000).message, 'fcntl(F_DUPFD_CLOEXEC) it: EBADF')
      const file = Descriptor.own(door, door.memfdCreate(`by ${by}`, 0), 'memfd_create', 'file')
      assert.equal(watch(file.fd).message, 'epoll_ctl it: EPERM')
      file.close()
      assert.deepEqual(
        openFiles().filter((name) => name.includes(`memfd:by ${by}`)),
        [],
      )
    })

    const WATCH = `
      const system = loadSystem(), bell = system.eventfd(0)
      const watch = new Watch(system, bell, 'bell', () => { system.eventfdRead(bell); heard() }, { by: '${by}' })
      let heard = () => {}
      setTimeout(() => {}, 50);`

    test('it holds the process, unless told not to', async () => {
      const held = `${WATCH} setTimeout(() => { process.stdout.write('held'); process.exit() }, 400).unref();`
      assert.equal((await runProgram(held)).output, 'held')
      assert.equal((await runProgram(`${held} watch.unref()`)).output, '')
      assert.equal((await runProgram(`${held} watch.unref().ref()`)).output, 'held')
      assert.equal((await runProgram(`${held} watch.close()`)).output, '')
      assert.equal(
        (await runProgram(`${held} heard = () => watch.unref(); system.eventfdWrite(bell, 1)`)).output,
        '',
      )
    })

    test('what its callback throws is uncaught, and the watch goes on', async () => {
      const { output, errors } = await runProgram(`${WATCH}
        let calls = 0
        process.on('uncaughtException', (error) => {
          process.stdout.write(error.message)
          if (calls < 2) system.eventfdWrite(bell, 1); else watch.close()
        })
        heard = () => { calls++; throw new Error('mine') }
        system.eventfdWrite(bell, 1)`)
      assert.equal(output, 'minemine', errors)
    })

    test('a process that ends while it watches ends at once, and cleanly', async () => {
      for (const end of ['process.exit(7)', 'setTimeout(() => process.exit(7), 160)']) {
        const { code, signal, output } = await runProgram(`${WATCH}
          process.on('exit', () => process.stdout.write('bye')); ${end}`)
        assert.deepEqual([code, signal, output], [7, null, 'bye'])
      }
    })
  })
}

describe('watching', { skip: NO_DOOR }, () => {
  tidyTest('wakes for what another process does', async () => {
    const bell = eventfd()
    const child = spawn('sh', ['-c', `sleep 0.05; printf '\\1\\0\\0\\0\\0\\0\\0\\0' >&3`], {
      stdio: ['ignore', 'inherit', 'inherit', bell.fd],
    })
    const closed = new Promise((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve) => {
      const watch = new Watch(door, bell.fd, 'bell', () => {
        watch.close()
        resolve()
      })
    })
    assert.equal(door.eventfdRead(bell.fd), 1)
    bell.close()
    await closed
  })

  tidyTest('by the loop, where the loop cannot be asked, is refused', async () => {
    using bell = eventfd()
    const deaf = { ...door, watchReadable: undefined }
    const error = mustThrow(
      'ERR_NOT_SUPPORTED',
      () => new Watch(deaf, bell.fd, 'bell', () => {}, { by: 'loop' }),
    )
    assert.equal(error.message, `the event loop cannot be asked by ${door.backend}`)
  })

  // The thread that watches ends with the last watch, and takes its descriptors with it.
  const before = NO_DOOR ? 0 : readdirSync('/proc/self/fd').length
  after(async () => {
    await until('nothing of it is open', () => readdirSync('/proc/self/fd').length <= before + 1)
  })
})
