/** Of what `npm run soak` judges by; the run itself is long. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Figure, growthOf, MOST_GROWTH, type Sample, takeSample } from './samples.js'

function samples(count: number, change: (i: number) => Partial<Record<Figure, number>>): Sample[] {
  const first = takeSample(0)
  return Array.from({ length: count }, (_, i) => ({ ...first, seconds: i, ...change(i) }))
}

const tooMuch = (all: readonly Sample[]): Figure[] =>
  growthOf(all).flatMap(({ figure, growth, limit }) => (growth > limit ? [figure] : []))

test('what stays as it is, or shakes, has not grown', () => {
  assert.deepEqual(tooMuch(samples(100, () => ({}))), [])
  assert.deepEqual(tooMuch(samples(100, (i) => ({ threads: 10 + (i % 2), rss: 2e8 + (i % 7) * 1e6 }))), [])
})

test('what a process gets at its beginning does not count', () => {
  assert.deepEqual(
    tooMuch(samples(100, (i) => ({ rss: Math.min(i, 40) * 1e7, descriptors: Math.min(i, 50) }))),
    [],
  )
})

test('each figure that grows is named', () => {
  for (const [figure, most] of Object.entries(MOST_GROWTH)) {
    assert.deepEqual(tooMuch(samples(100, (i) => ({ [figure]: (i * most) / 40 }))), [figure])
  }
})
