import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  attachRing,
  createRing,
  identityHolds,
  openConsumer,
  openProducer,
  type Producer,
  type Ring,
} from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { ENGINES, ORDERS } from './support/builds.js'
import { mustReadText } from './support/read-text.js'
import { runRemote } from './support/remote.js'

describe('builds', () => {
  const describeRing = `
    import { parentPort, workerData } from 'node:worker_threads'
    const { createRing, attachRing, openProducer, openConsumer } = await import('bpf-ringbuf')
    const attempt = (act) => { try { return act() } catch (error) { return error.name + ': ' + error.message } }
    const roundTrip = (ring) => {
      openProducer(ring).outputText('round trip')
      return new TextDecoder().decode(openConsumer(ring).read())
    }
    const made = createRing({ size: 4096 })
    const attached = attachRing(workerData)
    parentPort.postMessage({
      made: made.engine, memory: Object.prototype.toString.call(made.handle.memory), attached: attached.engine,
      texts: [roundTrip(made), roundTrip(attached)],
      wasm: attempt(() => createRing({ size: 4096, engine: 'wasm' }).engine),
      js: createRing({ size: 4096, engine: 'js' }).engine,
    })
  `

  test('where WebAssembly may not be compiled, JavaScript takes over', async () => {
    const seen = await runRemote(
      `globalThis.WebAssembly = Object.assign(Object.create(WebAssembly), {
         Module: class { constructor() { throw new EvalError('forbidden by policy') } }
       })
       WebAssembly.Memory = Object.getPrototypeOf(WebAssembly).Memory
       ${describeRing}`,
      createRing({ size: 4096 }).handle,
    )
    assert.deepEqual(seen, {
      made: 'js',
      memory: '[object WebAssembly.Memory]',
      attached: 'js',
      texts: ['round trip', 'round trip'],
      wasm: 'EvalError: forbidden by policy',
      js: 'js',
    })
  })

  test('where there is no WebAssembly, rings lie in a SharedArrayBuffer', async () => {
    const seen = await runRemote(
      `delete globalThis.WebAssembly\n${describeRing}`,
      createRing({ size: 4096 }).handle,
    )
    assert.deepEqual(seen, {
      made: 'js',
      memory: '[object SharedArrayBuffer]',
      attached: 'js',
      texts: ['round trip', 'round trip'],
      wasm: 'TypeError: the ring does not lie in WebAssembly memory',
      js: 'js',
    })
  })

  test('a ring in a SharedArrayBuffer is attached with the JavaScript build, though there is another', () => {
    const ring = createRing({ size: 4096 })
    const memory = new SharedArrayBuffer(DATA_OFFSET + 8192)
    new Uint8Array(memory).set(openProducer(ring).memory.u8.subarray(0, memory.byteLength))
    const attached = attachRing({ ...ring.handle, memory })
    assert.equal(attached.engine, 'js')
    assert.equal(attached.memoryBytes, DATA_OFFSET + 8192)
    openProducer(attached).outputText('in plain memory')
    assert.equal(mustReadText(attached), 'in plain memory')
  })

  for (const reservations of ORDERS) {
    test(`both builds work on one ring, whoever does what: ${reservations}`, () => {
      const ring = createRing({ size: 4096, reservations, initialPosition: 2 ** 32 - 8192 })
      const [wasm, js] = ENGINES.map((engine) => attachRing(ring.handle, { engine })) as [Ring, Ring]
      const ends = [openProducer(wasm), openProducer(js)] as const
      for (let round = 0; round < 3000; round++) {
        const reserver = ends[round & 1] as Producer
        const committer = ends[(round >> 1) & 1] as Producer
        const address = reserver.reserve(round % 100)
        assert.notEqual(address, 0)
        const batch = committer.reserveBatch(3, round % 20)
        assert.equal(committer[round % 3 ? 'submit' : 'discard'](address), 0)
        assert.equal(reserver.submitBatch(batch, 3, round % 20), 0)
        using consumer = openConsumer(((round >> 2) & 1) === 0 ? wasm : js)
        assert.equal(
          consumer.consumeRaw(() => {}),
          round % 3 ? 4 : 3,
        )
        assert.deepEqual(wasm.counters(), js.counters())
      }
      assert.ok(identityHolds(ring.counters()))
    })
  }
})
