import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP } from 'bpf-ringbuf'
import { SLEEP_ASLEEP, SLEEP_AWAKE, SLEEP_FORCED, SLEEP_WORD } from '#dist/abi/region.js'
import type { Rig } from '../support/rig.js'
import type { MakeRig } from './contract.js'

/**
 * R38 to R43, the measured table of facts 2.9: which commit wakes a consumer. The consumer is put to
 * sleep by its word; a commit that wakes it changes the word.
 */
export function pacing(make: MakeRig): void {
  /** Whether `act` wakes a consumer that sleeps. */
  const wakes = (rig: Rig, act: () => void): 'no' | 'yes' | 'forced' => {
    rig.setWord(SLEEP_WORD, SLEEP_ASLEEP)
    act()
    const word = rig.sleepWord
    rig.setWord(SLEEP_WORD, SLEEP_AWAKE)
    if (word === SLEEP_ASLEEP) return 'no'
    return word === SLEEP_FORCED ? 'forced' : 'yes'
  }
  const output = (rig: Rig, flags = 0) => wakes(rig, () => rig.mustOutput('x', flags))

  test('submit, submit: only the first wakes', () => {
    const rig = make()
    assert.deepEqual([output(rig), output(rig)], ['yes', 'no'])
  })

  test('submit, consume, submit: both wake', () => {
    const rig = make()
    assert.equal(output(rig), 'yes')
    rig.texts()
    assert.equal(output(rig), 'yes')
  })

  test('a consumer that is not caught up is not woken, one that is caught up is, at any position', () => {
    const rig = make({ initialPosition: 2 ** 32 - 2000 })
    for (let i = 0; i < 500; i++) {
      assert.equal(output(rig), 'yes')
      assert.equal(output(rig), 'no')
      assert.equal(rig.texts(1).length, 1)
      assert.equal(output(rig), 'no')
      assert.equal(rig.texts().length, 2)
    }
  })

  test('NO_WAKEUP does not wake, and neither does the submit after it', () => {
    const rig = make()
    assert.deepEqual([output(rig, BPF_RB_NO_WAKEUP), output(rig)], ['no', 'no'])
  })

  test('FORCE_WAKEUP wakes a consumer that is not caught up', () => {
    const rig = make()
    assert.deepEqual([output(rig, BPF_RB_NO_WAKEUP), output(rig, BPF_RB_FORCE_WAKEUP)], ['no', 'forced'])
    assert.equal(output(rig, BPF_RB_FORCE_WAKEUP), 'forced')
  })

  test('FORCE_WAKEUP wins over NO_WAKEUP', () => {
    const rig = make()
    rig.mustOutput('x')
    assert.equal(output(rig, BPF_RB_NO_WAKEUP | BPF_RB_FORCE_WAKEUP), 'forced')
  })

  test('other bits change nothing', () => {
    const rig = make()
    assert.equal(
      wakes(rig, () => rig.mustSubmit(rig.mustReserve(8), 4)),
      'yes',
    )
    assert.equal(
      wakes(rig, () => rig.mustSubmit(rig.mustReserve(8), 4)),
      'no',
    )
  })

  test('discard wakes by the same rule', () => {
    const rig = make()
    const discard = (flags = 0) => wakes(rig, () => rig.mustDiscard(rig.mustReserve(8), flags))
    assert.equal(discard(), 'yes')
    assert.equal(discard(), 'no')
    assert.equal(discard(BPF_RB_FORCE_WAKEUP), 'forced')
    rig.texts()
    assert.equal(discard(BPF_RB_NO_WAKEUP), 'no')
  })

  test('R43: after discard with NO_WAKEUP a plain submit does not wake', () => {
    const rig = make()
    rig.mustDiscard(rig.mustReserve(8), BPF_RB_NO_WAKEUP)
    assert.equal(output(rig), 'no')
    assert.equal(output(rig, BPF_RB_FORCE_WAKEUP), 'forced')
  })

  test('the record that wakes is the one the consumer stands at, whichever is committed last', () => {
    const rig = make()
    const [first, second, third] = [rig.mustReserve(8), rig.mustReserve(8), rig.mustReserve(8)]
    assert.equal(
      wakes(rig, () => rig.mustSubmit(third)),
      'no',
    )
    assert.equal(
      wakes(rig, () => rig.mustSubmit(first)),
      'yes',
    )
    assert.equal(
      wakes(rig, () => rig.mustSubmit(second)),
      'no',
    )
  })

  test('a batch wakes once, and is represented by its first record', () => {
    const rig = make()
    const batch = (flags = 0) => {
      const first = rig.producer.reserveBatch(3, 8)
      return wakes(rig, () => assert.equal(rig.producer.submitBatch(first, 3, 8, flags), 0))
    }
    const many = () =>
      wakes(rig, () => assert.equal(rig.producer.outputMany([new Uint8Array(1), new Uint8Array(20)]), 0))
    assert.deepEqual([batch(), batch()], ['yes', 'no'])
    rig.texts()
    assert.deepEqual([many(), many()], ['yes', 'no'])
    assert.equal(batch(BPF_RB_FORCE_WAKEUP), 'forced')
    rig.texts()
    assert.equal(batch(BPF_RB_NO_WAKEUP), 'no')
    rig.texts()
    const discarded = rig.producer.reserveBatch(2, 0)
    assert.equal(
      wakes(rig, () => rig.producer.discardBatch(discarded, 2, 0)),
      'yes',
    )
  })

  test('what fails wakes nobody: a full ring, a double submit, unknown flags', () => {
    const rig = make()
    const address = rig.mustReserve(8)
    rig.mustSubmit(address)
    const failures = () => {
      rig.producer.submit(address, BPF_RB_FORCE_WAKEUP)
      rig.producer.output(new Uint8Array(5000), BPF_RB_FORCE_WAKEUP)
      rig.producer.output(new Uint8Array(5), BPF_RB_FORCE_WAKEUP | 4)
    }
    assert.equal(wakes(rig, failures), 'no')
  })

  test('closing wakes, though there is nothing to consume', () => {
    const rig = make()
    assert.equal(
      wakes(rig, () => rig.ring.close()),
      'forced',
    )
  })

  test('a consumer that is awake is left alone', () => {
    const rig = make()
    for (const flags of [0, BPF_RB_FORCE_WAKEUP]) {
      rig.mustOutput('x', flags)
      assert.equal(rig.sleepWord, SLEEP_AWAKE)
    }
  })
}
