import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MakeRig } from './contract.js'

/** R26, R34 to R36: the order of reservation is the order of consumption. */
export function order(make: MakeRig): void {
  test('records arrive in the order of reservation', () => {
    const rig = make()
    const names = Array.from({ length: 100 }, (_, i) => `record ${i}`)
    for (const name of names) rig.mustOutput(name)
    assert.deepEqual(rig.texts(), names)
    assert.deepEqual(rig.texts(), [])
  })

  test('a slow producer holds off later records that are submitted', () => {
    const rig = make()
    const slow = rig.mustReserveText('slow')
    rig.mustOutput('one')
    rig.mustOutput('two')
    assert.equal(rig.consumer.ready, false)
    assert.deepEqual(rig.texts(), [])
    rig.mustSubmit(slow)
    assert.deepEqual(rig.texts(), ['slow', 'one', 'two'])
  })

  test('a discarded record is skipped, and lets later ones pass', () => {
    const rig = make()
    const first = rig.mustReserveText('no')
    rig.mustOutput('yes')
    rig.mustDiscard(first)
    assert.deepEqual(rig.texts(), ['yes'])
    assert.equal(rig.consumerPosition, rig.producerPosition)
  })

  test('records that nobody keeps are consumed without being shown', () => {
    const rig = make()
    for (let i = 0; i < 5; i++) rig.mustDiscard(rig.mustReserve(8))
    assert.equal(rig.consumer.ready, true)
    assert.deepEqual(rig.texts(), [])
    assert.equal(rig.consumerPosition, 80)
    assert.equal(rig.consumer.ready, false)
    assert.equal(rig.mustBalance().skipped, 5)
  })

  test('one thread may hold many records, and commit them in any order', () => {
    for (const permutation of permutations([0, 1, 2, 3])) {
      for (let discards = 0; discards < 16; discards++) {
        const rig = make()
        const addresses = permutation.map((_, i) => rig.mustReserveText(`${i}`))
        const committed = new Set<number>()
        const seen: string[] = []
        for (const index of permutation) {
          const discard = (discards >>> index) & 1
          if (discard) rig.mustDiscard(addresses[index] as number)
          else rig.mustSubmit(addresses[index] as number)
          committed.add(index)
          seen.push(...rig.texts())
          assert.deepEqual(seen, visible(committed, discards), `order ${permutation}, discards ${discards}`)
        }
      }
    }
  })

  test('a record may be reserved while another is held, consumed and committed around it', () => {
    const rig = make()
    for (let round = 0; round < 300; round++) {
      const outer = rig.mustReserveText(`outer ${round}`)
      const inner = rig.mustReserveText(`inner ${round}`)
      rig.mustSubmit(inner)
      assert.deepEqual(rig.texts(), [])
      rig.mustSubmit(outer)
      assert.deepEqual(rig.texts(), [`outer ${round}`, `inner ${round}`])
    }
  })

  test('consumed is only what is released: a held record keeps its bytes while the ring goes round', () => {
    const rig = make()
    rig.mustOutput('before')
    const held = rig.mustReserveText('held for long')
    assert.deepEqual(rig.texts(), ['before'])
    while (rig.producer.output(Buffer.from('later')) === 0);
    assert.equal(Buffer.from(rig.u8.slice(held, held + 13)).toString(), 'held for long')
    rig.mustSubmit(held)
    assert.equal(rig.texts(1)[0], 'held for long')
  })
}

/** What must have been shown once these are committed: the prefix, without those discarded. */
function visible(committed: ReadonlySet<number>, discards: number): string[] {
  const names: string[] = []
  for (let index = 0; committed.has(index); index++) {
    if (((discards >>> index) & 1) === 0) names.push(`${index}`)
  }
  return names
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}
