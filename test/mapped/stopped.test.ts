/** Producers of other processes that are stopped anywhere, declared gone, and go on; and are killed in the end. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
import { identityHolds, openConsumer, openProducer } from 'bpf-ringbuf'
import { createMappedRing, openMappedRing } from 'bpf-ringbuf/mapped'
import { EFFORT } from '../ring/support/random.js'
import { NO_DOOR } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

const program = fileURLToPath(new URL('./support/slow.js', import.meta.url))
/** Each leaves a slot that is free only when its process has ended. */
const ROUNDS = 40

describe('stopped producers', { skip: NO_DOOR }, () => {
  for (let life = 0; life < EFFORT; life++) {
    tidyTest(`are refused what they do late, ${life + 1}`, async () => {
      using ring = createMappedRing({ size: 4096 })
      using consumer = openConsumer(ring)
      const steady = openProducer(ring)
      let next = 0
      const numbers = new Uint32Array(4)
      const send = () => {
        numbers[0] = next + pending.length
        if (steady.output(new Uint8Array(numbers.buffer)) === 0) pending.push(numbers[0])
      }
      const pending: number[] = []
      let theirs = 0
      const take = () =>
        consumer.consume((record) => {
          if (record.length === 8) {
            theirs++
            return
          }
          assert.equal(new Uint32Array(record.buffer, record.byteOffset)[0], pending.shift())
          next++
        })
      const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit', ring.fd] })
      const exit = once(child, 'exit')
      const lines = createInterface({ input: child.stdout as Readable })
      const ids: number[] = []
      lines.on('line', (text) => ids.push(Number(text)))
      let [refused, declared] = [0, 0]
      for (let round = 0; round < ROUNDS; round++) {
        const until = performance.now() + Math.random() * 5
        while (performance.now() < until || ids.length <= declared) {
          send()
          take()
          if (ids.length <= declared) await new Promise((resolve) => setImmediate(resolve))
        }
        child.kill('SIGSTOP')
        while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1')));
        try {
          ring.declareGone(ids.at(-1) as number)
          declared++
          // It holds nobody up while it is stopped.
          take()
          send()
          take()
          assert.equal(pending.length, 0)
        } catch (error) {
          // It was stopped while it held the lock, which is not taken from one that lives.
          if ((error as { code?: string }).code !== 'ERR_LOCK_HELD') throw error
          refused++
        }
        child.kill('SIGCONT')
      }
      child.kill('SIGKILL')
      await exit
      ring.recover()
      take()
      const counters = ring.counters()
      assert.ok(identityHolds(counters), JSON.stringify(counters))
      assert.deepEqual([counters.inFlight, counters.consumed], [0, counters.submitted])
      assert.equal(counters.submitted, next + theirs)
      assert.ok(declared > 0 && theirs > 0, `${declared} declared, ${refused} not, ${theirs} records`)
      // All slots are free again but one.
      const rings = Array.from({ length: 55 }, () => openMappedRing(ring.fd))
      assert.equal(new Set(rings.map((each) => openProducer(each).id)).size, 55)
      for (const each of rings) each.detach()
    })
  }
})
