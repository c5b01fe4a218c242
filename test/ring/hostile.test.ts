/**
 * Nothing that a peer writes can hurt us: a consumer reports corruption or goes on; it never hangs,
 * never loops for ever, and never shows or reserves anything outside the ring.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openConsumer, RingbufError } from 'bpf-ringbuf'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  LOCK_PARKED_BIT,
  LOCK_WORD,
  PENDING_POSITION,
  PRODUCER_POSITION,
  RELEASED_POSITION,
  ROOM_SEQUENCE,
  ROOM_WAITERS,
  SLEEP_WORD,
  SLOT_BYTES,
  SLOT_JOURNAL,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { mustAnswerAll, mustConsumeInside, mustReserveInside } from './support/bounds.js'
import { BUILDS, type Build, THREAD_BUILDS } from './support/builds.js'
import { mustAnswer } from './support/guard.js'
import { EFFORT, SEED } from './support/random.js'
import { Rig } from './support/rig.js'
import type { VictimData, VictimReport } from './support/victim.js'

/** Words that look like what they should be, and words that do not. */
const WRONG = [1, 2, 4, 6, 12, 4096, 8192, 2 ** 31, 2 ** 31 + 8, 2 ** 32 - 4096, 2 ** 32 - 8, 2 ** 32 - 1]

for (const build of BUILDS) {
  describe(build.name, () => {
    describe('a damaged record', () => damagedRecords(build))
    describe('a damaged position', () => damagedPositions(build))
    describe('a record that changes while it is shown', () => changingRecords(build))
    describe('damaged words of sleep and lock', () => damagedWords(build))

    for (const size of [4096, 65536]) {
      test(`random damage at rest, ${size} bytes: seed ${SEED}`, async () => {
        const rounds = (size === 4096 ? 1500 : 300) * EFFORT
        mustHaveMetBoth(await endure({ victim: 'at rest', build, size, seed: SEED, rounds }))
      })

      test(`random damage from another thread meanwhile, ${size} bytes: seed ${SEED}`, async () => {
        const rounds = (size === 4096 ? 6000 : 2000) * EFFORT
        mustHaveMetBoth(await endure({ victim: 'under attack', build, size, seed: SEED, rounds }))
      })
    }
  })
}

function endure(data: VictimData): Promise<VictimReport> {
  return mustAnswer(new URL('./support/victim.js', import.meta.url), data, 30_000 * EFFORT)
}

function mustHaveMetBoth({ wentOn, corrupted, reserved, refused }: VictimReport): void {
  const report = JSON.stringify({ wentOn, corrupted, reserved, refused })
  assert.ok(wentOn > 50 && corrupted > 50, `too little was met: ${report}`)
  assert.ok(reserved > 50 && refused > 50, `too little was met: ${report}`)
}

/** Consuming must report this, and report it again: damage does not go away by looking. */
function mustReport(rig: Rig, reason: string, position: number): void {
  for (let look = 0; look < 2; look++) {
    assert.throws(
      () => rig.consumer.consumeRaw(() => assert.fail('a damaged record was shown')),
      (error) => {
        assert.ok(error instanceof RingbufError, `${error}`)
        assert.equal(error.code, 'ERR_CORRUPTED')
        assert.deepEqual(
          [error.detail['reason'], error.detail['position']],
          [reason, position],
          error.message,
        )
        return true
      },
    )
  }
}

function damagedRecords(build: Build): void {
  const header = 'commit word'
  const damages: [what: string, at: 'commit word' | 'page offset', value: number, reason: string][] = [
    ['a length past the producer position', header, 24, 'bad-length'],
    ['the longest length', header, 0x3fff_ffff, 'bad-length'],
    ['a length of the whole ring', header, 4096, 'bad-length'],
    ['the longest length, discarded', header, 0x7fff_ffff, 'bad-length'],
    ['page offset 0', 'page offset', 0, 'bad-page-offset'],
    ['the page offset of another page', 'page offset', 4, 'bad-page-offset'],
    ['an owner, which nobody has yet', 'page offset', 0x0100_0003, 'bad-page-offset'],
    ['all ones for a page offset', 'page offset', 0xffff_ffff, 'bad-page-offset'],
  ]
  for (const [what, where, value, reason] of damages) {
    test(`${what}: what stands before is shown, then it is reported`, () => {
      const rig = new Rig(build)
      for (const text of ['one', 'two']) rig.mustOutput(text)
      const address = rig.mustReserve(8)
      rig.mustSubmit(address)
      const at = address - (where === header ? 8 : 4)
      const good = rig.word(at)
      rig.setWord(at, value)
      const seen: string[] = []
      assert.throws(() => rig.consumer.consume((record) => seen.push(Buffer.from(record).toString())), {
        code: 'ERR_CORRUPTED',
      })
      assert.deepEqual(seen, ['one', 'two'])
      mustReport(rig, reason, 32)
      assert.equal(rig.consumerPosition, 32)
      // Repaired, it goes on.
      rig.setWord(at, good)
      rig.mustOutput('three')
      assert.equal(rig.texts()[1], 'three')
    })
  }

  test('a record that is marked busy again is not shown, and holds off the others', () => {
    const rig = new Rig(build)
    const address = rig.mustReserveText('one')
    rig.mustSubmit(address)
    rig.mustOutput('two')
    for (const word of [0x8000_0003, 0xc000_0003, 0xffff_ffff]) {
      rig.setWord(address - 8, word)
      assert.deepEqual(rig.texts(), [])
    }
    rig.setWord(address - 8, 3)
    assert.deepEqual(rig.texts(), ['one', 'two'])
  })

  test('wherever in a full ring one word is wrong, the consumer ends', () => {
    for (let at = DATA_OFFSET; at < DATA_OFFSET + 4096; at += 4) {
      const rig = new Rig(build)
      rig.fill(120)
      rig.setWord(at, 0x3fff_fff8)
      mustConsumeInside(rig.consumer)
      mustAnswerAll(rig.ring, rig.consumer, rig.producer)
    }
  })
}

function damagedPositions(build: Build): void {
  test('a consumer position that somebody moved is reported, not believed', () => {
    for (const position of [8, 16, 32, 48, ...WRONG]) {
      const rig = new Rig(build)
      rig.mustOutput('one')
      assert.deepEqual(rig.texts(), ['one'])
      rig.mustOutput('two')
      rig.setWord(CONSUMER_POSITION, position === 16 ? 24 : position)
      mustReport(rig, 'bad-position', 16)
      mustAnswerAll(rig.ring, rig.consumer, rig.producer)
      mustReserveInside(rig.producer, 8, true)
      rig.setWord(CONSUMER_POSITION, 16)
      assert.equal(rig.texts()[0], 'two')
    }
  })

  test('a producer position that cannot be is reported, or not needed', () => {
    for (const position of WRONG) {
      const rig = new Rig(build)
      rig.mustOutput('one')
      const consumer = rig.consumer
      rig.setWord(PRODUCER_POSITION, position)
      for (let look = 0; look < 3; look++) mustConsumeInside(consumer)
      mustAnswerAll(rig.ring, consumer, rig.producer)
      for (let i = 0; i < 3; i++) mustReserveInside(rig.producer, 8, true)
    }
  })

  test('a producer position that is no multiple of 8 lets nothing be reserved, and is named', () => {
    for (const position of [2, 4, 6, 3, 5, 7, 12, 2 ** 32 - 2]) {
      const rig = new Rig(build)
      rig.setWord(PRODUCER_POSITION, position)
      rig.mustChangeNothing(() => {
        const counters = rig.ring.counters()
        assert.equal(rig.producer.tryReserve(8), 0)
        assert.equal(rig.producer.reason, 'bad-position')
        assert.equal(rig.ring.counters().refused, counters.refused + 1)
        rig.setWord(384 + 64 + 8, counters.attempted)
        rig.setWord(384 + 64 + 40, counters.refused)
        if (build.reservations === 'lock') rig.setWord(PENDING_POSITION, 0)
      })
      assert.throws(() => rig.producer.record(8), { code: 'ERR_CORRUPTED', message: /producer position/ })
      assert.throws(() => rig.producer.batch(2, 8), { code: 'ERR_CORRUPTED' })
      assert.equal(rig.producer.reserveBlocking(8), 0)
      assert.equal(rig.producer.output(new Uint8Array(8)), -11)
    }
  })

  test('a producer position that runs ahead shows no record twice', () => {
    const rig = new Rig(build)
    rig.mustOutput('')
    const consumer = openConsumer(rig.ring)
    // Two records that fill the ring exactly, and a position that says they begin again.
    rig.setWord(DATA_OFFSET + 8, 4080)
    rig.setWord(DATA_OFFSET + 12, 3)
    rig.setWord(PRODUCER_POSITION, 8 + 4096)
    const seen: number[] = []
    assert.throws(() => consumer.consumeRaw((_memory, offset) => seen.push(offset), { max: 10 }), {
      code: 'ERR_CORRUPTED',
    })
    assert.ok(seen.length <= 2, `shown: ${seen}`)
    assert.equal(new Set(seen).size, seen.length, `shown twice: ${seen}`)
  })

  test('a snapshot shows no record that is longer than any can be', () => {
    const rig = new Rig(build)
    rig.setWord(DATA_OFFSET, 4088)
    rig.setWord(DATA_OFFSET + 4, 3)
    rig.setWord(PRODUCER_POSITION, 4096)
    assert.throws(() => rig.ring.snapshot(), { code: 'ERR_CORRUPTED' })
    // Repaired, it is as full as a ring can be.
    rig.setWord(DATA_OFFSET, 4080)
    rig.setWord(PRODUCER_POSITION, 4088)
    assert.equal(rig.ring.snapshot().records[0]?.bytes.length, 4080)
  })

  test('a producer position that goes back behind what was seen is reported', () => {
    const rig = new Rig(build)
    for (let i = 0; i < 4; i++) rig.mustOutput('x'.repeat(8))
    const consumer = openConsumer(rig.ring)
    const seen: number[] = []
    const consume = () =>
      consumer.consumeRaw(
        (_memory, offset) => {
          seen.push(offset)
          if (seen.length === 2) rig.setWord(PRODUCER_POSITION, 16)
        },
        { store: 'record' },
      )
    try {
      for (let i = 0; i < 5; i++) consume()
    } catch (error) {
      assert.ok(error instanceof RingbufError && error.code === 'ERR_CORRUPTED', `${error}`)
    }
    assert.ok(seen.length <= 4)
  })

  test('whoever opens a consumer on positions that cannot be is told', () => {
    const positions =
      build.reservations === 'claim' ? [CONSUMER_POSITION, RELEASED_POSITION] : [CONSUMER_POSITION]
    for (const at of [...positions, PRODUCER_POSITION]) {
      for (const value of [2, 4, 8192, 2 ** 31, 2 ** 32 - 4096]) {
        const rig = new Rig(build)
        rig.mustOutput('one')
        rig.setWord(at, value)
        assert.throws(() => openConsumer(rig.ring), { code: 'ERR_CORRUPTED' }, `${at}: ${value}`)
        // And may try again when it is repaired.
        rig.setWord(at, at === PRODUCER_POSITION ? 16 : 0)
        assert.deepEqual(rig.texts(), ['one'])
      }
    }
  })

  test('a pending or released position that cannot be lets nothing be reserved outside', () => {
    const at = build.reservations === 'lock' ? PENDING_POSITION : RELEASED_POSITION
    for (const position of [...WRONG, 8, 16, 24, 4088]) {
      const rig = new Rig(build)
      for (const text of ['one', 'two', 'three']) rig.mustOutput(text)
      assert.equal(rig.consumer.ready, true)
      rig.setWord(at, position)
      for (let i = 0; i < 5; i++) mustReserveInside(rig.producer, 1000, true)
      mustAnswerAll(rig.ring, rig.consumer, rig.producer)
      mustConsumeInside(rig.consumer)
      // Nobody was left with the lock.
      assert.equal(rig.word(LOCK_WORD), 0)
    }
  })
}

function changingRecords(build: Build): void {
  const changes: [what: string, word: number][] = [
    ['longer than what was scanned', 1000],
    ['as long as can be', 0x3fff_ffff],
    ['busy', 0x8000_0008],
    ['busy and long', 0xffff_ffff],
    ['shorter', 0],
    ['discarded', 0x4000_0008],
    ['discarded and long', 0x7fff_ffff],
  ]
  for (const store of ['batch', 'record'] as const) {
    for (const [what, word] of changes) {
      test(`a later record becomes ${what} (${store})`, () => {
        const rig = new Rig(build, { initialPosition: 4096 - 40 })
        const addresses = Array.from({ length: 5 }, () => rig.mustReserve(8))
        for (const address of addresses) rig.mustSubmit(address)
        let shown = 0
        let error: unknown
        try {
          rig.consumer.consumeRaw(
            (_memory, offset, length) => {
              assert.ok(offset >= DATA_OFFSET + 8 && offset + length <= DATA_OFFSET + 2 * 4096)
              assert.ok(length <= 80, `${length} bytes were shown`)
              if (++shown === 1) rig.setWord((addresses[1] as number) - 8, word)
            },
            { store },
          )
        } catch (caught) {
          error = caught
        }
        if (error) {
          assert.ok(error instanceof RingbufError, `${error}`)
          assert.equal(error.code, 'ERR_CORRUPTED')
        }
        assert.ok(shown <= 11, `${shown} records were shown of 5`)
        mustConsumeInside(rig.consumer)
      })
    }
  }

  test('payload that changes after it was shown changes nothing that was copied', () => {
    const rig = new Rig(build)
    const address = rig.mustReserveText('as it was')
    rig.mustSubmit(address)
    const copies: Uint8Array[] = []
    rig.consumer.consume((record) => {
      rig.u8.fill(0x2e, address, address + 9)
      copies.push(record)
    })
    assert.equal(Buffer.from(copies[0] as Uint8Array).toString(), 'as it was')
  })
}

function damagedWords(build: Build): void {
  test('whatever the words of sleep say, waits end in time, and records arrive', () => {
    for (const at of [SLEEP_WORD, ROOM_WAITERS, ROOM_SEQUENCE]) {
      for (const value of [0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1]) {
        const rig = new Rig(build)
        rig.setWord(at, value)
        assert.equal(rig.consumer.wait({ timeoutMs: 1 }), 'timeout')
        rig.setWord(at, value)
        rig.mustOutput('one')
        assert.equal(rig.consumer.wait({ timeoutMs: 1000 }), 'ready')
        assert.deepEqual(rig.texts(), ['one'])
        rig.fill(8)
        rig.setWord(at, value)
        assert.equal(rig.producer.waitForRoom(8, 1), false)
        assert.equal(rig.texts().length, 255)
        assert.equal(rig.producer.waitForRoom(8, 1000), true)
      }
    }
  })

  test('a lock that nobody will ever give back stops neither consumer nor who does not wait', () => {
    if (build.reservations === 'claim') return
    for (const held of [1, 7, LOCK_PARKED_BIT, LOCK_PARKED_BIT | 1, 2 ** 31, 2 ** 32 - 1]) {
      const rig = new Rig(build)
      rig.mustOutput('one')
      const busy = rig.mustReserveText('two')
      rig.setWord(LOCK_WORD, held)
      for (let i = 0; i < 3; i++) {
        assert.equal(rig.producer.tryReserve(8), 0)
        assert.equal(rig.producer.reason, 'contended')
      }
      // Commits need no lock (R35), and neither does whoever consumes or looks.
      rig.mustSubmit(busy)
      assert.deepEqual(rig.texts(), ['one', 'two'])
      assert.equal(rig.consumer.wait({ timeoutMs: 1 }), 'timeout')
      assert.equal(rig.mustBalance().dropped, 3)
      assert.equal(rig.word(LOCK_WORD), held)
    }
  })
}

for (const build of THREAD_BUILDS.filter(({ reservations }) => reservations === 'lock')) {
  test(`${build.name}: a journal that names no counter leads nobody out of its slot`, () => {
    for (const counter of [1, 4, SLOT_BYTES, DATA_OFFSET, 0x7fff_fff8, 0xffff_fff8]) {
      const rig = new Rig(build, { recoverable: true })
      const journal = SLOTS_OFFSET + rig.producer.id * SLOT_BYTES + SLOT_JOURNAL
      rig.setWord(journal, counter)
      rig.ring.declareGone(rig.producer.id)
      assert.equal(rig.word(journal), 0)
      assert.equal(rig.word(DATA_OFFSET), 0)
    }
  })
}
