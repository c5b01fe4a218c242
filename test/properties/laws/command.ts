/** Parts of the command that count, cut and shuffle. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { openCutter } from '#dist/cli/bench/contestants/pipe.js'
import { newRecord } from '#dist/cli/bench/run/record.js'
import { shuffled } from '#dist/cli/bench/statistics.js'
import { DigestSum } from '#dist/cli/demo/digest-sum.js'
import { property } from '../property.js'

const promise = 'The command'
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })

export const DIGEST_SUM = property({
  name: 'digest sum',
  law: 'the sum of digests is theirs modulo 2^256, hashed with their count, in whatever order they come',
  promise,
  model: 'large whole numbers',
  cases: fc.record({ digests: fc.array(digest, { maxLength: 20 }) }),
  check({ digests }) {
    const [sum, reversed] = [new DigestSum(), new DigestSum()]
    for (const one of digests) sum.add(Buffer.from(one))
    for (const one of [...digests].reverse()) reversed.add(Buffer.from(one))
    let total = 0n
    for (const one of digests) total += BigInt(`0x${Buffer.from(one).reverse().toString('hex')}`)
    const bytes = Buffer.alloc(40)
    for (let i = 0n; i < 32n; i++) bytes[Number(i)] = Number((total >> (8n * i)) & 0xffn)
    bytes.writeBigUInt64LE(BigInt(digests.length), 32)
    const expected = createHash('sha256').update(bytes).digest('hex')
    assert.deepEqual([`${sum}`, `${reversed}`], [expected, expected])
  },
})

export const SHUFFLED = property({
  name: 'shuffled',
  law: 'a shuffled copy has the same items',
  promise,
  model: 'both, sorted',
  cases: fc.record({ items: fc.array(fc.integer()) }),
  check({ items }) {
    assert.deepEqual([...shuffled(items)].sort(), [...items].sort())
  },
})

const RECORDS = 20
const RECORD_BYTES = 64

export const CUT_STREAM = property({
  name: 'cut stream',
  law: 'a stream is cut into the records that went in, wherever its pieces end',
  promise,
  model: 'the numbers of the records',
  cases: fc.record({ lengths: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }) }),
  check({ lengths }) {
    const numbers = Array.from({ length: RECORDS }, (_, i) => i)
    const sent = Buffer.concat(
      numbers.map((number) => {
        const record = newRecord(RECORD_BYTES, 0)
        record[0] = number
        return new Uint8Array(record.buffer as ArrayBuffer)
      }),
    )
    const seen: number[] = []
    const cut = openCutter({ takeFrom: (f64) => seen.push(f64[0] as number) }, RECORD_BYTES)
    for (let at = 0, turn = 0; at < sent.length; turn++) {
      const length = lengths[turn % lengths.length] as number
      cut(sent.subarray(at, at + length))
      at += length
    }
    assert.deepEqual(seen, numbers)
  },
})
