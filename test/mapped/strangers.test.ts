/** Rings of other users, and files that are no rings: errors that say why, and never a crash. */
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmodSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { describe } from 'node:test'
import { openConsumer, openProducer, RingbufError } from 'bpf-ringbuf'
import { createMappedRing, openMappedRing } from 'bpf-ringbuf/mapped'
import { DATA_OFFSET, HEAD_SIZE, HEAD_VERSION } from '#dist/abi/region.js'
import { NO_DOOR } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'
import { AS_NOBODY, elsewhere, TELL } from './support/elsewhere.js'

const NO_ROOT = process.getuid?.() === 0 ? false : 'only root may become another user'
const uniqueName = () => `bpf-ringbuf-test-${randomUUID()}`

describe('another user', { skip: NO_DOOR || NO_ROOT }, () => {
  tidyTest('opens what the mode allows, and is told what it does not', async () => {
    const file = uniqueName()
    using ring = createMappedRing({ size: 4096, file })
    const attempt = async (mode: number) => {
      chmodSync(ring.path as string, mode)
      const { said } = elsewhere(`
        ${AS_NOBODY} ${TELL}
        tell(() => openMappedRing('${file}').name)
        tell(() => openMappedRing('${file}', { access: 'read' }).query(1))
      `)
      return await said
    }
    assert.deepEqual(await attempt(0o600), ['ERR_SYSTEM EACCES', 'ERR_SYSTEM EACCES'])
    assert.deepEqual(await attempt(0o644), ['ERR_SYSTEM EACCES', '4096'])
    assert.deepEqual(await attempt(0o666), ['', '4096'])
    ring.unlink()
  })

  tidyTest('is recovered from when it dies, like any other', async () => {
    const file = uniqueName()
    using ring = createMappedRing({ size: 4096, file, mode: 0o666 })
    using consumer = openConsumer(ring)
    const producer = openProducer(ring)
    const stranger = elsewhere(`
      ${AS_NOBODY}
      openProducer(openMappedRing('${file}')).reserve(100)
      console.log('reserved')
      setInterval(() => {}, 1000)
    `)
    await stranger.began
    producer.output(new Uint8Array([7]))
    assert.equal(consumer.wait({ timeoutMs: 100 }), 'timeout')
    stranger.process.kill('SIGKILL')
    await stranger.said.catch(() => {})
    assert.equal(consumer.wait({ timeoutMs: 10_000 }), 'ready')
    assert.deepEqual(consumer.read(), new Uint8Array([7]))
    assert.equal(ring.counters().abandoned, 1)
    ring.unlink()
  })
})

describe('what is no ring', { skip: NO_DOOR }, () => {
  tidyTest('a process that is gone, and one that has no such descriptor', async () => {
    const { process: gone, said } = elsewhere('')
    await said
    assert.throws(() => openMappedRing({ pid: gone.pid as number, fd: 3 }), {
      code: 'ERR_SYSTEM',
      message: /ESRCH, there is no such process/,
    })
    const other = elsewhere(`console.log('here'); setInterval(() => {}, 1000)`)
    await other.began
    const pid = other.process.pid as number
    assert.throws(() => openMappedRing({ pid, fd: 999 }), { code: 'ERR_SYSTEM', message: /EBADF/ })
    // Its output, which is a pipe.
    assert.throws(() => openMappedRing({ pid, fd: 1 }), { code: 'ERR_NOT_A_RING' })
    other.process.kill()
  })

  tidyTest('a head that says something else than the file is', () => {
    const file = uniqueName()
    const path = `/dev/shm/${file}`
    using ring = createMappedRing({ size: 4096, file })
    const whole = readFileSync(path)
    ring.unlink()
    const spoil = (change: (bytes: Buffer) => void) => {
      const bytes = Buffer.from(whole)
      change(bytes)
      writeFileSync(path, bytes)
    }
    try {
      spoil((bytes) => bytes.writeUInt32LE(99, HEAD_VERSION))
      assert.throws(() => openMappedRing(file), { code: 'ERR_RING_VERSION', message: /99/ })
      spoil((bytes) => bytes.writeUInt32LE(8192, HEAD_SIZE))
      assert.throws(() => openMappedRing(file), RingbufError)
      writeFileSync(path, Buffer.concat([whole, Buffer.alloc(4096)]))
      assert.throws(() => openMappedRing(file), { code: 'ERR_RING_DAMAGED' })
      for (let i = 0; i < 50; i++) {
        // The magic stays, so that more than that is looked at.
        spoil((bytes) => randomBytes(DATA_OFFSET - 8).copy(bytes, 8))
        try {
          using opened = openMappedRing(file)
          openProducer(opened).output(new Uint8Array(8))
          openConsumer(opened).consume(() => {})
        } catch (error) {
          assert.ok(error instanceof RingbufError, String(error))
        }
      }
    } finally {
      unlinkSync(path)
    }
  })
})
