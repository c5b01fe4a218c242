import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BPF_RB_AVAIL_DATA,
  BPF_RB_CONS_POS,
  BPF_RB_FORCE_WAKEUP,
  BPF_RB_NO_WAKEUP,
  BPF_RB_PROD_POS,
  BPF_RB_RING_SIZE,
  EINVAL,
} from 'bpf-ringbuf'
import type { MakeRig } from './contract.js'

/** Facts 2.4 and 2.5: which flags a call knows, and what it answers to others. */
export function flags(make: MakeRig): void {
  test('the constants have the numbers of the kernel', () => {
    assert.deepEqual([BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP], [1, 2])
    assert.deepEqual([BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE, BPF_RB_CONS_POS, BPF_RB_PROD_POS], [0, 1, 2, 3])
  })

  test('reserve knows no flag', () => {
    const rig = make()
    const flags = [1, 2, 3, 4, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 0.5, Number.NaN]
    for (const flag of flags) {
      assert.equal(rig.producer.reserve(8, flag), 0, `reserve(8, ${flag})`)
      assert.equal(rig.producer.reason, 'bad-flags')
      assert.equal(rig.producer.tryReserve(8, flag), 0, `tryReserve(8, ${flag})`)
      assert.equal(rig.producer.reason, 'bad-flags')
    }
    assert.equal(rig.producerPosition, 0)
    assert.equal(rig.mustBalance().refused, flags.length * 2)
    rig.mustReserve(8)
  })

  test('output knows the two wake-up flags, and answers -EINVAL to any other', () => {
    const rig = make()
    const unknown = [4, 5, 8, 2 ** 30, 2 ** 31, -1, -4, 2 ** 32, 2 ** 32 + 1, 1.5, Number.NaN]
    for (const flag of unknown) {
      assert.equal(rig.producer.output(new Uint8Array(8), flag), -EINVAL, `output(…, ${flag})`)
      assert.equal(rig.producer.reason, 'bad-flags')
      assert.equal(rig.producer.outputText('text', flag), -EINVAL)
      assert.equal(rig.producer.outputMany([new Uint8Array(1), new Uint8Array(2)], flag), -EINVAL)
    }
    assert.equal(rig.producerPosition, 0)
    assert.equal(rig.mustBalance().refused, unknown.length * 4)
    for (const flag of [0, BPF_RB_NO_WAKEUP, BPF_RB_FORCE_WAKEUP, 3]) rig.mustOutput('known', flag)
    assert.equal(rig.texts().length, 4)
  })

  test('flags are looked at before the size', () => {
    const rig = make()
    assert.equal(rig.producer.output(new Uint8Array(5000), 4), -EINVAL)
    assert.equal(rig.producer.reserve(5000, 4), 0)
    assert.equal(rig.producer.reason, 'bad-flags')
  })

  test('submit and discard ignore bits they do not know', () => {
    const rig = make()
    const flags = [4, 8, 0x7fff_fffc, 2 ** 31, -4]
    for (const flag of flags) {
      rig.mustSubmit(rig.mustReserve(8), flag)
      rig.mustDiscard(rig.mustReserve(8), flag)
    }
    assert.equal(rig.texts().length, flags.length)
  })

  test('query answers the four values', () => {
    const rig = make({ size: 8192, initialPosition: 4096 })
    rig.mustOutput(new Uint8Array(8))
    rig.mustReserve(100)
    rig.mustDiscard(rig.mustReserve(4))
    assert.equal(rig.texts().length, 1)
    assert.equal(rig.ring.query(BPF_RB_AVAIL_DATA), 112 + 16)
    assert.equal(rig.ring.query(BPF_RB_RING_SIZE), 8192)
    assert.equal(rig.ring.query(BPF_RB_CONS_POS), 4096 + 16)
    assert.equal(rig.ring.query(BPF_RB_PROD_POS), 4096 + 16 + 112 + 16)
  })

  test('query answers 0 to any other flag', () => {
    const rig = make({ initialPosition: 4096 })
    rig.mustOutput(new Uint8Array(8))
    for (const flag of [4, 5, 99, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 32 + 3, 0.5, 1.5, Number.NaN]) {
      assert.equal(rig.ring.query(flag), 0, `query(${flag})`)
    }
  })
}
