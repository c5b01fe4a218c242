/**
 * A producer and a reader that meet at every single moment: all that one does happens between two atomic
 * operations of the other. Nothing is torn, nothing is miscounted, nobody sleeps through.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OVERWRITE_POSITION } from '#dist/abi/region.js'
import { EFFORT, Random, SEED } from '../ring/support/random.js'
import { atEveryMoment, interleave } from './support-records/interleave.js'
import { Recorder } from './support-records/recorder.js'

const STARTS = [0, 512, 2 ** 31 - 1024, 2 ** 32 - 4096 - 64, 2 ** 32 - 512]

const make = (initialPosition: number) => new Recorder('js', { initialPosition })
const account = (recorder: Recorder) => recorder.mustAccount()

describe('a producer meets a reader', () => {
  for (const [name, records, bytes] of [
    ['one record', 1, 100],
    ['some', 11, 100],
    ['a ring of them', 40, 100],
    ['many rings of them', 300, 60],
    ['one that is as long as the ring', 1, 4080],
  ] as const) {
    test(`${name}, while it consumes`, () => {
      for (const start of STARTS) {
        const begin = () => {
          const recorder = make(start)
          recorder.send(60, 100)
          return recorder
        }
        const moments = atEveryMoment(
          begin,
          (recorder) => recorder.read(),
          (recorder) => recorder.send(records, bytes),
          account,
        )
        assert.ok(moments > 20)
      }
    })

    test(`${name}, while it iterates, one by one`, () => {
      atEveryMoment(
        () => {
          const recorder = make(512)
          recorder.send(20, 300)
          return recorder
        },
        (recorder) => {
          for (let i = 0; i < 12; i++) recorder.read(1)
        },
        (recorder) => recorder.send(records, bytes),
        account,
      )
    })

    test(`${name}, while it takes a snapshot`, () => {
      for (const start of STARTS) {
        atEveryMoment(
          () => {
            const recorder = make(start)
            recorder.send(60, 100)
            return { recorder, seen: [] as number[] }
          },
          (world) => {
            world.seen = world.recorder.mustSnapshot()
          },
          ({ recorder }) => recorder.send(records, bytes),
          // Whatever it saw is in a row; and something it saw, for the ring was never empty.
          ({ seen }) => assert.ok(seen.length > 0),
        )
      }
    })
  }

  test('with nothing but discarded records', () => {
    for (const start of STARTS) {
      atEveryMoment(
        () => {
          const recorder = make(start)
          recorder.send(5, 100)
          recorder.discard(60, 100)
          return recorder
        },
        (recorder) => recorder.read(),
        (recorder) => recorder.discard(50, 100),
        account,
      )
    }
  })
})

describe('a reader meets a producer that overwrites', () => {
  for (const [name, fill, then] of [
    ['submitted records', (recorder) => recorder.send(60, 100), (recorder) => recorder.send(1, 400)],
    ['discarded records', (recorder) => recorder.discard(60, 100), (recorder) => recorder.send(1, 400)],
    [
      'discarded ones, by discarded ones',
      (recorder) => recorder.discard(60, 100),
      (recorder) => recorder.discard(1, 400),
    ],
  ] as const satisfies [string, (recorder: Recorder) => void, (recorder: Recorder) => void][]) {
    test(`${name}: it consumes in the middle of that`, () => {
      // So that the overwrite position passes 2^31, or 2^32, in some of them.
      for (let back = 0; back < 60; back += 3) {
        const start = (2 ** 32 - back * 112 - 8) % 2 ** 32
        const begin = () => {
          const recorder = make(start)
          fill(recorder)
          recorder.read(3)
          return recorder
        }
        atEveryMoment(
          begin,
          then,
          (recorder) => recorder.read(),
          (recorder) => {
            recorder.mustAccount()
            // And all is well for the next round, too.
            recorder.send(100, 100)
            recorder.mustAccount()
          },
        )
      }
    })
  }

  test('it takes a snapshot in the middle of that: what it sees is whole and in a row', () => {
    for (const start of STARTS) {
      atEveryMoment(
        () => {
          const recorder = make(start)
          recorder.send(60, 100)
          return recorder
        },
        (recorder) => recorder.send(2, 400),
        (recorder) => void recorder.mustSnapshot(),
        () => {},
      )
    }
  })
})

describe('a consumer falls asleep', () => {
  /** Waits, and is disturbed meanwhile. Answers whether it sleeps though something is there. */
  const sleepsOn = (recorder: Recorder, disturb: (operation: number) => void): boolean => {
    const asleep = new Error('asleep')
    let sleeps = false
    const onWait = (words: Int32Array, index: number, value: number): string => {
      // It would fall asleep now, and nobody would wake it any more.
      sleeps = Atomics.load(words, index) === value
      throw asleep
    }
    try {
      interleave({ at: disturb, onWait }, () => {
        recorder.consumer.wait({ timeoutMs: 60_000, strategy: 'park' })
      })
    } catch (error) {
      if (error !== asleep) throw error
    }
    return sleeps && recorder.consumer.ready
  }
  /** It has certainly fallen asleep after so many operations. */
  const LAST = 24
  // Whether this thread may block is found out once.
  make(0).consumer.wait({ timeoutMs: 0 })

  test('while the record it waits for comes, and then so many that this is overwritten', () => {
    for (const bytes of [60, 84, 100, 500]) {
      for (let first = 0; first < LAST; first++) {
        for (let second = first; second < LAST; second++) {
          const recorder = make(520)
          const sleeps = sleepsOn(recorder, (operation) => {
            if (operation === first) recorder.send(1, 8)
            if (operation !== second) return
            for (let i = 0; i < 100; i++) recorder.producer.output(new Uint8Array(bytes).fill(0xff))
          })
          assert.equal(sleeps, false, `in front of ${first} and ${second}, records of ${bytes} bytes`)
        }
      }
    }
  })

  test('while one record comes, at any moment', () => {
    for (let moment = 0; moment < LAST; moment++) {
      const recorder = make(520)
      const sleeps = sleepsOn(recorder, (operation) => operation === moment && recorder.send(1, 8))
      assert.equal(sleeps, false, `in front of ${moment}`)
    }
  })
})

test('a producer that stops in the middle of overwriting, for long: readers wait for it, and lose nothing', () => {
  const recorder = make(2 ** 32 - 2048)
  recorder.send(60, 100)
  let looked = 0
  interleave(
    {
      at: () => {
        looked++
        recorder.read()
        const numbers = recorder.mustSnapshot()
        // What the producer has not given up yet can be seen.
        if (numbers.length > 0) assert.ok((numbers.at(-1) as number) >= 59)
      },
    },
    () => recorder.send(1, 2000),
  )
  assert.ok(looked > 5)
  assert.notEqual(recorder.rig.word(OVERWRITE_POSITION), 0)
  recorder.mustAccount()
})

test('at random moments producers do what they like, while a reader reads as it likes', () => {
  for (let run = 0; run < 400 * EFFORT; run++) {
    const random = new Random(SEED + run)
    const recorder = make(random.pick([0, 512, 2 ** 31 - 4096, 2 ** 32 - 8192]) + 8 * random.below(500))
    const oneIn = 1 + random.below(40)
    // Who lapped it at every moment, for ever, would keep it from reading anything.
    let calls = 100
    const produce = () => {
      if (--calls < 0) return
      for (let left = random.oneIn(5) ? random.below(200) : random.below(4); left > 0; left--) {
        if (random.oneIn(3)) recorder.discard(1, random.below(300))
        else recorder.send(1, 4 + random.below(random.oneIn(4) ? 1500 : 80))
      }
    }
    try {
      produce()
      interleave({ at: () => random.oneIn(oneIn) && produce() }, () => {
        for (let visit = 0; visit < 12; visit++) {
          if (random.oneIn(4)) recorder.takeOver()
          if (random.oneIn(5)) recorder.mustSnapshot()
          recorder.read(random.oneIn(3) ? Number.POSITIVE_INFINITY : random.below(6))
        }
      })
      recorder.mustAccount()
    } catch (error) {
      throw new Error(`seed ${SEED + run}`, { cause: error })
    }
  }
})
