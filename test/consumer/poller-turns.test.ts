/** Rings of a poller take turns: none waits for ever because another is busy. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Polled } from './support/polled.js'

/** The rings in the order of their records, runs as one: `0 1 0`. */
function turns(notes: readonly string[]): string {
  const rings = notes.map((note) => note.slice(0, note.indexOf(':')))
  return rings.filter((ring, i) => ring !== rings[i - 1]).join(' ')
}

describe('a budget', () => {
  test('of records: each visit takes so many, and then the next ring has its turn', () => {
    using polled = new Polled(3, { budget: { max: 2 } })
    for (let ring = 0; ring < 3; ring++) polled.put(ring, 'a', 'b', 'c', 'd', 'e')
    const answers: number[] = []
    for (let answer = polled.poller.poll(0); answer > 0; answer = polled.poller.poll(0)) answers.push(answer)
    assert.deepEqual(answers, [6, 6, 3])
    const seen = polled.take()
    assert.equal(turns(seen), '0 1 2 0 1 2 0 1 2')
    assert.deepEqual(
      seen.filter((note) => note.startsWith('1')),
      ['1:a', '1:b', '1:c', '1:d', '1:e'],
    )
  })

  test('of bytes: at least one record, and not more than so many bytes', () => {
    using polled = new Polled(2, { budget: { maxBytes: 10 } })
    polled.put(0, '123456', '1234', '1', 'a long one of 22 bytes', '2')
    polled.put(1, 'x')
    assert.equal(polled.poller.poll(0), 3)
    assert.deepEqual(polled.take(), ['0:123456', '0:1234', '1:x'])
    assert.equal(polled.poller.poll(0), 1)
    assert.equal(polled.poller.poll(0), 1)
    assert.equal(polled.poller.poll(0), 1)
    assert.deepEqual(polled.take(), ['0:1', '0:a long one of 22 bytes', '0:2'])
  })

  test('of time: a slow callback gives way', () => {
    using polled = new Polled(2, { budget: { maxMs: 2 } })
    for (let ring = 0; ring < 2; ring++) polled.put(ring, ...Array(20).fill('x'))
    polled.answer = () => {
      const end = performance.now() + 1
      while (performance.now() < end);
    }
    polled.poller.poll(0)
    const seen = polled.take()
    assert.equal(turns(seen), '0 1')
    assert.ok(seen.length < 20, `${seen.length} records in one poll`)
  })

  test('consume and consumeN have none', () => {
    using polled = new Polled(2, { budget: { max: 1 } })
    for (let ring = 0; ring < 2; ring++) polled.put(ring, 'a', 'b', 'c')
    assert.equal(polled.poller.consumeN(2), 2)
    assert.equal(polled.poller.consume(), 4)
  })
})

test('a callback that feeds its own ring does not keep the others waiting', () => {
  using polled = new Polled(2)
  polled.put(0, 'a')
  polled.put(1, 'b')
  polled.answer = (note) => {
    if (note.startsWith('0')) polled.put(0, 'again')
  }
  assert.equal(polled.poller.poll(0), 2)
  assert.equal(turns(polled.take()), '0 1')
})

test('a ring that always has more, and one that has some now and then', () => {
  using polled = new Polled(2, { budget: { max: 4 } })
  for (let i = 0; i < 20; i++) {
    polled.put(0, 'x', 'x', 'x', 'x', 'x', 'x')
    if (i % 3 === 0) polled.put(1, `${i}`)
    polled.poller.poll(0)
    const heard = polled.take().filter((note) => note.startsWith('1'))
    assert.deepEqual(heard, i % 3 === 0 ? [`1:${i}`] : [])
  }
})

test('max Infinity stays with a ring for as long as records come, as libbpf does', () => {
  using polled = new Polled(2, { budget: { max: Number.POSITIVE_INFINITY } })
  polled.put(0, 'a')
  polled.put(1, 'b')
  let fed = 0
  polled.answer = (note) => {
    if (note.startsWith('0') && fed++ < 500) polled.put(0, 'again')
  }
  assert.equal(polled.poller.poll(0), 502)
  assert.equal(turns(polled.take()), '0 1')
})

test('a thousand rounds of eight rings are fair to all of them', () => {
  using polled = new Polled(8, { budget: { max: 3 } })
  const counts = new Map<string, number>()
  for (let i = 0; i < 1000; i++) {
    for (let ring = 0; ring < 8; ring++) {
      while (
        polled.rig(ring).producer.output(Buffer.from('x')) === 0 &&
        polled.poller.ring(ring).availableBytes < 200
      );
    }
    assert.equal(polled.poller.poll(0), 24)
  }
  for (const note of polled.take()) counts.set(note, (counts.get(note) ?? 0) + 1)
  assert.deepEqual([...counts.values()], Array(8).fill(3000))
})
