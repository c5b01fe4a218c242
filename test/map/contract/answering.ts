/** Each type answers each operation in each situation as the kernel does: all of answers.ts. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tidyTest } from '../../system/support/leaks.js'
import { ANSWERS } from './answers.js'
import { answerIn, SITUATIONS } from './situations.js'
import { has, type Subject } from './subject.js'

export function answering(subject: Subject): void {
  for (const [type, expected] of ANSWERS) {
    if (!has(subject, type)) continue
    describe(`${type} answers`, () => {
      test('every situation is in the table, and no other', () => {
        assert.deepEqual([...expected.keys()], [...SITUATIONS.keys()])
      })
      for (const [situation, answer] of expected) {
        tidyTest(situation, () => assert.equal(answerIn(subject, type, situation), answer))
      }
    })
  }
}
