import assert from 'node:assert/strict'
import { type Consumer, openPoller, RingEpoll, STOP } from 'bpf-ringbuf'
import { mustLieInside } from '../../ring/support/bounds.js'
import { mustShowNoCanary } from '../arena.js'
import type { Deed, Stage } from './deed.js'

/** What is done at the reading end. */
export const READING: Readonly<Record<string, Deed>> = {
  'consume raw': {
    weight: 8,
    act: (stage) => {
      const { random } = stage
      const change = random.oneIn(4) ? random.below(5) : -1
      const store = random.oneIn(2) ? 'record' : 'batch'
      const show = showInside(stage, change)
      withConsumer(stage, (consumer) => consumer.consumeRaw(show, { store }))
    },
  },
  'consume copies': {
    weight: 3,
    act: (stage) => {
      const max = stage.random.oneIn(2) ? Number.POSITIVE_INFINITY : stage.random.below(9)
      const maxBytes = stage.random.oneIn(2) ? Number.POSITIVE_INFINITY : stage.random.below(500)
      withConsumer(stage, (consumer) => consumer.consume(takeCopies(stage), { max, maxBytes }))
    },
  },
  'consume until stopped': {
    weight: 1,
    act: (stage) => {
      let left = stage.random.below(5)
      withConsumer(stage, (consumer) => consumer.consumeRaw(() => (left-- === 0 ? STOP : undefined)))
    },
  },
  read: {
    weight: 3,
    act: (stage) => {
      const take = takeCopies(stage)
      withConsumer(stage, (consumer) => {
        for (let i = 0; i < 4; i++) take(consumer.read() ?? new Uint8Array(0))
      })
    },
  },
  iterate: {
    weight: 2,
    act: (stage) => {
      const take = takeCopies(stage)
      withConsumer(stage, (consumer) => {
        for (const record of consumer) take(record)
      })
    },
  },
  lease: { weight: 6, act: (stage) => withConsumer(stage, (consumer) => borrow(stage, consumer)) },
  wait: {
    weight: 3,
    act: (stage) =>
      withConsumer(stage, (consumer) => {
        const outcome = stage.random.oneIn(2)
          ? consumer.wait({ timeoutMs: 0 })
          : consumer.waitBusy({ timeoutMs: 0 })
        assert.ok(['ready', 'woken', 'timeout', 'closed'].includes(outcome))
      }),
  },
  'poll with a poller': {
    weight: 1,
    act: (stage) => {
      stage.consumer?.close()
      const poller = openPoller()
      try {
        poller.add(stage.ring, takeCopies(stage), { takeOver: true })
        poller.poll(0)
        poller.consumeN(3)
        poller.consume()
      } finally {
        poller.close()
      }
    },
  },
  'wait in an epoll': {
    weight: 1,
    act: (stage) =>
      withConsumer(stage, (consumer) => {
        const epoll = new RingEpoll()
        try {
          epoll.add(consumer, { edgeTriggered: stage.random.oneIn(2) })
          for (const event of epoll.wait({ timeoutMs: 0 })) event.consumer.consumeRaw(showInside(stage))
        } finally {
          epoll.close()
        }
      }),
  },
}

function withConsumer(stage: Stage, act: (consumer: Consumer) => unknown): void {
  if (stage.consumer) act(stage.consumer)
}

/** No more is shown than a ring holds, and nothing outside; after `change` records something changes. */
export function showInside(
  { ring, damage }: Stage,
  change = -1,
): (memory: Uint8Array, offset: number, length: number) => void {
  let shown = 0
  return (memory, offset, length) => {
    mustBeFewEnough(ring.size, ++shown)
    if (ring.overwrites) {
      // A private copy.
      assert.ok(offset >= 0 && length <= ring.largestPayload && offset + length <= memory.length)
      mustShowNoCanary(memory.subarray(offset, offset + length))
    } else mustLieInside(ring, offset, length, shown)
    if (shown === change) damage()
  }
}

/** What is handed out is no longer than a record can be, and comes from the ring. */
function takeCopies({ ring }: Stage): (record: Uint8Array) => void {
  let taken = 0
  return (record) => {
    mustBeFewEnough(ring.size, ++taken)
    assert.ok(record.length <= ring.largestPayload, `a copy of ${record.length} bytes`)
    mustShowNoCanary(record)
  }
}

function mustBeFewEnough(size: number, records: number): void {
  assert.ok(records <= size / 8, `${records} records came out of a ring of ${size} bytes`)
}

function borrow(stage: Stage, consumer: Consumer): void {
  const { random, damage } = stage
  const show = showInside(stage)
  using lease = consumer.lease({ max: 1 + random.below(300) })
  if (random.oneIn(4)) damage()
  for (const record of lease) {
    const { bytes, length } = record
    assert.equal(bytes.length, length)
    show(new Uint8Array(bytes.buffer), record.offset, length)
    assert.equal(record.uint32.length, length >>> 2)
    assert.equal(record.dataView.byteLength, length)
    if (random.oneIn(8)) mustShowNoCanary(record.copy())
    if (random.oneIn(8)) record.text()
    if (random.oneIn(16)) break
  }
  if (random.oneIn(2)) lease.release(random.below(lease.length + 1))
}
