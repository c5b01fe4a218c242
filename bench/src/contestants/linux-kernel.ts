/** The kernel's own ring, fed by native/kernel_ring.c, consumed by this package. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { openConsumer, type RawCallback } from '../../../dist/index.js'
import { openKernelRing, openMapById } from '../../../dist/kernel/index.js'
import type { Contestant } from '../contestant.js'
import { KERNEL_BYTES } from '../linux/cases.js'
import type { OneWay, OneWayMeasurement } from '../linux/one-way.js'
import { nativeArguments, nativePath, whyNotNative } from '../native.js'

/** Records between two looks at the clock. */
const LOOK_RECORDS = 4096

interface Fed {
  readonly attempted: number
  readonly dropped: number
}

async function open(bytes: number): Promise<OneWay> {
  const feed = spawn(nativePath('kernel_ring'), ['feed', '0', '0', ...nativeArguments({ bytes })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(feed.stdout)[Symbol.asyncIterator]()
  const { ringId, pinned } = JSON.parse((await lines.next()).value as string)
  const ring = openKernelRing(openMapById(ringId))
  const consumer = openConsumer(ring)
  const { u32 } = consumer.memory
  let received = 0
  let missing = 0
  let due = 0
  const look: RawCallback = (_memory, offset, length) => {
    if (length !== bytes) throw new Error(`a record of ${length} bytes came out`)
    const sequence = u32[offset >>> 2] as number
    if (sequence !== due) {
      if (sequence < due) throw new Error(`sequence ${sequence} came after ${due}`)
      missing += sequence - due
    }
    due = sequence + 1
    received++
  }
  return {
    pinned,
    receive(isOver) {
      do {
        if (consumer.consumeRaw(look, { max: LOOK_RECORDS }) < LOOK_RECORDS)
          consumer.waitBusy({ timeoutMs: 0.1 })
      } while (!isOver(received))
    },
    async end() {
      feed.stdin.end()
      const exit = once(feed, 'exit')
      const { attempted, dropped }: Fed = JSON.parse((await lines.next()).value as string)
      await exit
      consumer.consumeRaw(look)
      missing += attempted - due
      if (received + missing !== attempted || missing !== dropped) {
        throw new Error(`${attempted} records in, ${received} out, ${dropped} dropped`)
      }
      return { dropShare: dropped / attempted }
    },
  }
}

const cases = Object.fromEntries(
  KERNEL_BYTES.map((bytes) => {
    const name = `kernel-throughput-${bytes}B` as const
    return [name, { kind: 'one-way', open: () => open(bytes) } satisfies OneWayMeasurement]
  }),
)

export const contestants: readonly Contestant[] = [
  {
    name: 'ours-kernel',
    about: 'this package: openKernelRing, consumeRaw; waits 2 us whenever it has caught up',
    absent: () => whyNotNative('kernel_ring'),
    cases,
  },
]
