/** How long a consumer idles between two looks, by what its visits have found. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Pace } from '#dist/consumer/pace.js'

/** The shortest of many: the others were held up. */
function idleUs(pace: Pace): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 200; i++) {
    const began = performance.now()
    pace.idle()
    shortest = Math.min(shortest, performance.now() - began)
  }
  // What it has idled here is no part of what is tested.
  pace.learn(HUGE)
  return shortest * 1000
}

/** More visits than change a pace from one end to the other, by a consumer that so many records a microsecond reach. */
function visits(pace: Pace, perUs: number): void {
  for (let i = 0; i < 50; i++) {
    const began = performance.now()
    pace.idle()
    pace.learn(Math.round((performance.now() - began) * 1000 * perUs))
  }
}

function grown(): Pace {
  const pace = new Pace()
  visits(pace, 12)
  return pace
}

/** A visit that has cost nobody much, whenever it was, and changes nothing. */
const HUGE = 2 ** 31

describe('the pace of a consumer', () => {
  // Compiled as it will be, so that all are compared with the same.
  for (let i = 0; i < 50; i++) idleUs(new Pace())
  const short = idleUs(new Pace())

  test('grows while records come faster than it looks', () => {
    assert.ok(idleUs(grown()) > short * 10)
  })

  test('shrinks when single records come', () => {
    const pace = grown()
    for (let i = 0; i < 10; i++) pace.learn(1)
    assert.ok(idleUs(pace) < short * 3)
  })

  test('shrinks when records come slowly, however many the pause behind a flow was worth', () => {
    const pace = grown()
    // Half a million a second: a look for each costs the producer nothing.
    visits(pace, 0.5)
    assert.ok(idleUs(pace) < short * 3)
  })

  test('grows where records came while their consumer was at work', () => {
    const pace = new Pace()
    for (let i = 0; i < 10; i++) pace.learn(10)
    assert.ok(idleUs(pace) > short * 10)
  })

  test('stays where a visit took a good part of the ring', () => {
    const pace = new Pace()
    for (let i = 0; i < 10; i++) {
      pace.idle()
      pace.learn(100, true)
    }
    assert.ok(idleUs(pace) < short * 3)
  })
})
