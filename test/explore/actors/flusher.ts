import { CONSUMER_POSITION, ROOM_SEQUENCE } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { RECORD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface FlusherState extends ThreadState {
  readonly view: View
  target: number
  sequence: number
}

const touch = new Touch('flusher')

/**
 * What `flush` of src/ring does: waits until the consumer has come to where it could come to at first. So
 * many records must be consumed then: those that were committed before it began.
 */
export function flusher(stage: Stage, ring: number, committed = 0): Thread<FlusherState> {
  const { algorithm } = stage

  function* aim(state: FlusherState): Steps<string> {
    state.target = yield* algorithm.committedEnd(state.view)
    return 'mind'
  }

  function* mind(state: FlusherState): Steps<string> {
    state.sequence = yield* algorithm.roomSequence(state.view)
    if (!(yield* algorithm.awaitConsumer(state.view, state.target))) return 'verify'
    yield* algorithm.wakeSleeper(state.view)
    return 'sleep'
  }

  function* sleep(state: FlusherState): Steps<string> {
    yield* touch.wait(state.view.ring + ROOM_SEQUENCE, state.sequence)
    state.sequence = 0
    return 'mind'
  }

  function* verify({ view }: FlusherState): Steps<string> {
    const position = yield* touch.atomicLoad(view.ring + CONSUMER_POSITION)
    const consumed = ((position - stage.firstPosition) | 0) / RECORD_BYTES
    if (consumed < committed) throw new Error(`${committed} records were committed, ${consumed} are consumed`)
    return DONE
  }

  const begin = { at: 'aim', view: stage.view(ring), target: 0, sequence: 0 }
  return { name: 'flusher', begin, phases: { aim, mind, sleep, verify } }
}
