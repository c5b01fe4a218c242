import assert from 'node:assert/strict'
import { RingbufError, type RingbufErrorCode } from 'bpf-ringbuf'
import { errnoName } from '#dist/abi/errno-names.js'

/** The call is refused with this error. */
export function mustRefuse(answer: number, errno: string): void {
  assert.equal(answer < 0 ? errnoName(-answer) : answer, errno)
}

/** The call succeeds. */
export function mustSucceed(answer: number): number {
  assert.ok(answer >= 0, `refused: ${errnoName(-answer)}`)
  return answer
}

/** Throws an error of this package. Answers it. */
export function mustThrow(code: RingbufErrorCode, body: () => unknown): RingbufError {
  let thrown: unknown
  try {
    body()
  } catch (error) {
    thrown = error
  }
  assert.ok(thrown instanceof RingbufError, `thrown: ${thrown}`)
  assert.equal(thrown.code, code)
  return thrown
}
