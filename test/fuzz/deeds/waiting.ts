import assert from 'node:assert/strict'
import type { Deed } from './deed.js'

/** Milliseconds that something may be waited for that never comes. */
const SHORT_MS = 1

/** What takes turns of the event loop, or time: rare, because others do more in the same time. */
export const WAITING: Readonly<Record<string, Deed>> = {
  'wait, asleep': {
    weight: 1,
    act: ({ consumer }) => consumer?.wait({ timeoutMs: SHORT_MS, strategy: 'park' }),
  },
  'wait, elsewhere': { weight: 1, act: ({ consumer }) => consumer?.waitAsync({ timeoutMs: SHORT_MS }) },
  'wait for room, asleep': {
    weight: 1,
    act: ({ producer, ring }) => producer.waitForRoom(ring.largestPayload, SHORT_MS),
  },
  'reserve, elsewhere': {
    weight: 1,
    waits: true,
    act: async ({ producer }) => {
      const address = await producer.reserveAsync(100, SHORT_MS)
      if (address !== 0) producer.submit(address)
    },
  },
  'flush, elsewhere': { weight: 1, act: ({ ring }) => ring.flushAsync({ timeoutMs: SHORT_MS }) },
  'iterate, elsewhere': {
    weight: 1,
    act: async ({ consumer, ring }) => {
      if (!consumer) return
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort('enough'), SHORT_MS)
      let records = 0
      try {
        for await (const record of consumer.iterate({ signal: abort.signal })) {
          assert.ok(record.length <= ring.largestPayload)
          if (++records > ring.size / 8) break
        }
      } catch (error) {
        if (error !== 'enough') throw error
      } finally {
        clearTimeout(timer)
      }
    },
  },
  'declare gone': {
    weight: 1,
    waits: true,
    act: ({ ring, random }) => {
      if (ring.recoverable) ring.declareGone(1 + random.below(3))
    },
  },
}
