/** The raw level allocates nothing: not for a record, not for a batch, not to consume. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { THREAD_BUILDS } from './support/builds.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A million records, after some to warm up; what garbage is collected meanwhile, node prints. */
const program = (engine: string, reservations: string, garbage: string) => `
  import { createRing, openConsumer, openProducer } from 'bpf-ringbuf'
  const options = { size: 65536, engine: '${engine}', reservations: '${reservations}' }
  const ring = createRing({ ...options, initialPosition: 2 ** 31 - 65536 })
  const producer = openProducer(ring), consumer = openConsumer(ring)
  const { f64 } = producer.memory
  let sum = 0, kept = null
  const show = (memory, offset, length) => { sum += memory[offset] + length }
  const consuming = { max: 100 }
  const bytes = new Uint8Array(24)
  const run = (rounds) => {
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < 30; i++) {
        const address = producer.reserve(8)
        f64[address >>> 3] = i
        producer.submit(address)
        producer.discard(producer.reserve(16))
        producer.output(bytes)
        ${garbage}
      }
      const first = producer.reserveBatch(8, 8)
      for (let i = 0; i < 8; i++) f64[producer.batchAddress(first, i, 8) >>> 3] = i
      producer.submitBatch(first, 8, 8)
      consumer.consumeRaw(show, consuming)
    }
  }
  run(3000)
  console.log('begin')
  run(12000)
  console.log('end', sum > 0, kept)
`

/** How often garbage was collected between 'begin' and 'end'. */
function collections(engine: string, reservations: string, garbage = ''): number {
  const source = program(engine, reservations, garbage)
  const args = ['--trace-gc', '--max-semi-space-size=1', '--input-type=module', '--eval', source]
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  const during = /begin\n([\s\S]*)end true/.exec(output)?.[1]
  assert.ok(during !== undefined, output)
  return during.split('\n').filter((line) => /Scavenge|Mark-/.test(line)).length
}

test('a small object for each record would be noticed', () => {
  assert.ok(collections('wasm', 'claim', 'kept = { i }') > 5)
})

for (const { name, engine, reservations } of THREAD_BUILDS) {
  test(`a million records, and hardly anything to collect: ${name}`, () => {
    // Optimising the code allocates, and consumeRaw takes a few bytes for each call, not each record.
    assert.ok(collections(engine, reservations) <= 2)
  })
}
