import { EINVAL } from '#dist/abi/errno.js'
import { REASON_CONTENDED, REASON_FULL, REASON_GONE } from '#dist/abi/reason.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { writePayload } from './producer.js'
import { recordName } from './records.js'
import { PAYLOAD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface SlowState extends ThreadState {
  readonly view: View
  /** Records committed. */
  sent: number
  address: number
}

const touch = new Touch('slow')

/**
 * A producer that may be declared gone at any step, and goes on until something of it is refused. Then, or when it has
 * sent its records, its thread ends: the word at `end` becomes 1.
 */
export function slow(
  stage: Stage,
  ring: number,
  index: number,
  records: number,
  end: number,
): Thread<SlowState> {
  const { algorithm } = stage

  function* reserve(state: SlowState): Steps<string> {
    const { view } = state
    state.address = yield* algorithm.reserve(view, PAYLOAD_BYTES, 0, stage.patience)
    const { reason } = view
    view.reason = 0
    if (state.address !== 0) return 'write'
    if (reason === REASON_CONTENDED) return 'park'
    if (reason === REASON_GONE || reason === REASON_FULL) return 'end'
    throw new Error(`reserve failed with reason ${reason}`)
  }

  function* park({ view }: SlowState): Steps<string> {
    yield* stage.park(view)
    return 'reserve'
  }

  function* write({ address, sent }: SlowState): Steps<string> {
    yield* writePayload(address, recordName(index, sent))
    return 'commit'
  }

  function* commit(state: SlowState): Steps<string> {
    const answer = yield* algorithm.commit(state.view, state.address, 0, 0)
    state.address = 0
    if (answer === -EINVAL) return 'end'
    if (answer !== 0) throw new Error(`commit answered ${answer}`)
    return ++state.sent === records ? 'end' : 'reserve'
  }

  function* finish(): Steps<string> {
    yield* touch.atomicStore(end, 1)
    yield* touch.notify(end)
    return DONE
  }

  const begin = { at: 'reserve', view: stage.producerView(ring, index), sent: 0, address: 0 }
  return {
    name: `producer ${index + 1}`,
    begin,
    phases: { reserve, park, write, commit, end: finish },
  }
}
