import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import {
  attachRing,
  createRing,
  identityHolds,
  openConsumer,
  openProducer,
  type Ring,
  type RingHandle,
} from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { ENGINES, ORDERS, THREAD_BUILDS } from './support/builds.js'
import { mustReadText } from './support/read-text.js'
import { runRemote } from './support/remote.js'

const echo = `
import { parentPort, workerData } from 'node:worker_threads'
import { attachRing, openProducer } from 'bpf-ringbuf'
const work = ({ handle, engine }) => {
  const ring = attachRing(handle, { engine })
  openProducer(ring).outputText(ring.name + ' ' + ring.size + ' ' + ring.reservations)
  parentPort.postMessage(ring.engine)
}
if (workerData) work(workerData)
`

describe('handles', () => {
  for (const { name, engine, reservations } of THREAD_BUILDS) {
    test(`a handle goes through workerData: ${name}`, async () => {
      const ring = createRing({ size: '64 KiB', name: 'übung', reservations })
      assert.equal(await runRemote(echo, { handle: ring.handle, engine }), engine)
      assert.equal(mustReadText(ring), `übung 65536 ${reservations}`)
    })
  }

  test('a handle goes through postMessage, in both directions and more than once', async () => {
    const ring = createRing({ size: 4096, name: 'sent' })
    const { port1, port2 } = new MessageChannel()
    let handle: RingHandle = ring.handle
    for (const [from, to] of [
      [port1, port2],
      [port2, port1],
    ] as const) {
      from.postMessage(handle)
      ;[handle] = (await once(to, 'message')) as [RingHandle]
    }
    port1.close()
    assert.notEqual(handle, ring.handle)
    const other = attachRing(handle)
    assert.deepEqual([other.name, other.size], ['sent', 4096])
    openProducer(other).outputText('hello')
    assert.equal(mustReadText(ring), 'hello')
  })

  test('a handle may be cloned, and attached many times in one thread', () => {
    const ring = createRing({ size: 4096 })
    const rings = Array.from({ length: 5 }, () => attachRing(structuredClone(ring.handle)))
    for (const [i, other] of rings.entries()) openProducer(other).outputText(`${i}`)
    using consumer = openConsumer(rings[3] as Ring)
    const seen: string[] = []
    consumer.consume((record) => seen.push(Buffer.from(record).toString()))
    assert.deepEqual(seen, ['0', '1', '2', '3', '4'])
  })

  test('a thread has one producer for each attached ring', () => {
    const ring = createRing({ size: 4096 })
    assert.equal(openProducer(ring), openProducer(ring))
    assert.notEqual(openProducer(attachRing(ring.handle)), openProducer(ring))
  })

  test('a ring may lie anywhere in a memory, beside others', () => {
    for (const engine of ENGINES) {
      const { memory } = createRing({ size: 65536, engine }).handle
      const arena = new Uint8Array(memory instanceof SharedArrayBuffer ? memory : memory.buffer).fill(0)
      const rings = ORDERS.map((reservations, i) => {
        // A ring of another memory, copied to where this one shall have it.
        const source = createRing({ size: 4096, reservations, name: reservations })
        const address = 4096 + i * 24576
        arena.set(openProducer(source).memory.u8.subarray(0, DATA_OFFSET + 8192), address)
        return attachRing({ type: 'bpf-ringbuf', memory, address }, { engine })
      })
      const untouched = arena.slice(0, 4096)
      for (let round = 0; round < 500; round++) {
        for (const ring of rings)
          openProducer(ring).outputText(`${ring.name} ${round} ${'x'.repeat(round % 90)}`)
        for (const ring of rings)
          assert.equal(mustReadText(ring), `${ring.name} ${round} ${'x'.repeat(round % 90)}`)
      }
      assert.deepEqual(arena.slice(0, 4096), untouched)
      assert.ok(rings.every((ring) => identityHolds(ring.counters())))
    }
  })
})

describe('what is no ring is refused', () => {
  const handle = createRing({ size: 4096 }).handle
  const { memory } = handle
  const type = 'bpf-ringbuf' as const

  const foreign: Record<string, unknown> = {
    nothing: undefined,
    null: null,
    'a string': 'bpf-ringbuf',
    'an empty object': {},
    'a handle without a type': { memory, address: 0 },
    'a handle of another type': { ...handle, type: 'ringbuf' },
    'a handle without memory': { type, address: 0 },
    'private memory': { type, memory: new ArrayBuffer(65536), address: 0 },
    'private WebAssembly memory': { type, memory: { buffer: new ArrayBuffer(65536) }, address: 0 },
    'a view of memory': { type, memory: new Uint8Array(new SharedArrayBuffer(65536)), address: 0 },
    'a handle without an address': { type, memory },
    'memory of zeros': { type, memory: new SharedArrayBuffer(65536), address: 0 },
    'no memory at all': { type, memory: new SharedArrayBuffer(0), address: 0 },
    'memory too small for any ring': { type, memory: new SharedArrayBuffer(20472), address: 0 },
    'an address behind the memory': { type, memory, address: 65536 },
    'an address near its end': { type, memory, address: 65536 - 8 },
    'an address before it': { type, memory, address: -8 },
    'an address that is no multiple of 8': { type, memory, address: 4 },
    'an address that is no number': { type, memory, address: '0' },
    'an address that is not whole': { type, memory, address: 0.5 },
    'an address that is none': { type, memory, address: Number.NaN },
    'an address of another place': { type, memory, address: 8 },
  }
  for (const [what, value] of Object.entries(foreign)) {
    test(what, () => {
      for (const engine of ENGINES) {
        assert.throws(() => attachRing(value as RingHandle, { engine }), { code: 'ERR_NOT_A_RING' })
      }
    })
  }

  test('an engine that does not exist', () => {
    const options = { engine: 'rust' as 'js' }
    assert.throws(() => attachRing(handle, options), { code: 'ERR_INVALID_ARGUMENT', message: /rust/ })
  })
})
