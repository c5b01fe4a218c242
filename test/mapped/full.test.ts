/** A file system that is full is an error when a ring is made, and never the end of a process that uses one (SIGBUS). */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { NO_DOOR } from '../system/support/door.js'

/** In a namespace of mounts of its own, /dev/shm has room for 100 KiB. */
function inSmallMemory(program: string): { readonly said: string; readonly signal: string | null } {
  const script = 'mount -t tmpfs -o size=100k none /dev/shm && exec "$0" --input-type=module -e "$1"'
  const { stdout, stderr, signal } = spawnSync(
    'unshare',
    ['--mount', 'sh', '-c', script, process.execPath, program],
    { encoding: 'utf8', cwd: new URL('.', import.meta.url) },
  )
  return { said: `${stdout}${stderr}`.trim(), signal }
}

const NO_MOUNTS =
  process.getuid?.() === 0 ? false : 'only root may mount a file system in a namespace of its own'

describe('a full file system', { skip: NO_DOOR || NO_MOUNTS }, () => {
  test('a ring that does not fit is an error, with its code; one that does is made', () => {
    const { said, signal } = inSmallMemory(`
      import { createMappedRing } from 'bpf-ringbuf/mapped'
      import { existsSync } from 'node:fs'
      try {
        createMappedRing({ size: '1 MiB', file: 'large' })
      } catch ({ code, message, detail }) {
        console.log(code, detail.errno, message.includes("ring file '/dev/shm/large'"), existsSync('/dev/shm/large'))
      }
      console.log(createMappedRing({ size: '64 KiB', file: 'small' }).path)
    `)
    assert.equal(signal, null)
    assert.deepEqual(said.split('\n'), ['ERR_SYSTEM ENOSPC true false', '/dev/shm/small'])
  })

  test('what others fill up later takes no room from a ring', () => {
    const { said, signal } = inSmallMemory(`
      import { openConsumer, openProducer } from 'bpf-ringbuf'
      import { createMappedRing } from 'bpf-ringbuf/mapped'
      import { writeFileSync } from 'node:fs'
      const ring = createMappedRing({ size: '64 KiB', file: 'ring' })
      try {
        writeFileSync('/dev/shm/other', new Uint8Array(100_000))
      } catch ({ code }) {
        console.log(code)
      }
      const [producer, consumer] = [openProducer(ring), openConsumer(ring)]
      let records = 0
      for (let i = 0; i < 1000; i++) {
        producer.output(new Uint8Array(1000))
        records += consumer.consume(() => {})
      }
      console.log(records)
    `)
    assert.equal(signal, null)
    assert.deepEqual(said.split('\n'), ['ENOSPC', '1000'])
  })
})
