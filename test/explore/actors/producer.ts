import { REASON_CLOSED, REASON_CONTENDED, REASON_FULL } from '#dist/abi/reason.js'
import { RECORD_DISCARD_BIT } from '#dist/abi/record.js'
import { ROOM_SEQUENCE } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type RecordPlan, recordName } from './records.js'
import { PAYLOAD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface ProducerState extends ThreadState {
  readonly view: View
  /** Records sent; the rest was refused if it is done. */
  sent: number
  /** Of the payload of the record that it has reserved. */
  address: number
  sequence: number
}

/** What it does when there is no room, as the phase that comes then. */
const WHEN_FULL = { wait: 'mind', 'give up': DONE, 'try again': 'reserve' } as const

export type WhenFull = keyof typeof WHEN_FULL

const touch = new Touch('producer')

/**
 * What `Producer` does in `reserveBlocking` and `submit`: sends its records, waiting for room if it must.
 *
 *     reserve ──► write ──► commit ──► reserve
 *      ▲    │ full
 *      │    ▼
 *      └── mind ◄──► sleep
 */
export function producer(
  stage: Stage,
  ring: number,
  index: number,
  plan: readonly RecordPlan[],
  whenFull: WhenFull = 'wait',
): Thread<ProducerState> {
  const { algorithm } = stage
  // Whoever waits for room has lost nothing when there is none.
  const view = Object.assign(stage.producerView(ring, index), { patient: whenFull === 'wait' })
  const begin: ProducerState = { at: 'reserve', view, sent: 0, address: 0, sequence: 0 }

  function* reserve(state: ProducerState): Steps<string> {
    const { view } = state
    state.address = yield* algorithm.reserve(view, PAYLOAD_BYTES, 0, stage.patience)
    const { reason } = view
    view.reason = 0
    if (state.address !== 0) return 'write'
    if (reason === REASON_CONTENDED) return 'park'
    if (reason === REASON_FULL) return WHEN_FULL[whenFull]
    if (reason === REASON_CLOSED) return DONE
    throw new Error(`reserve failed with reason ${reason}`)
  }

  function* park({ view }: ProducerState): Steps<string> {
    yield* stage.park(view)
    return 'reserve'
  }

  function* write({ address, sent }: ProducerState): Steps<string> {
    yield* writePayload(address, recordName(index, sent))
    return 'commit'
  }

  function* commit(state: ProducerState): Steps<string> {
    const { flags = 0, discard = false } = plan[state.sent] ?? {}
    const answer = yield* algorithm.commit(state.view, state.address, flags, discard ? RECORD_DISCARD_BIT : 0)
    if (answer !== 0) throw new Error(`commit of a reserved record answered ${answer}`)
    state.address = 0
    return ++state.sent === plan.length ? DONE : 'reserve'
  }

  /** One round of `waitForRoom`. */
  function* mind(state: ProducerState): Steps<string> {
    const { view } = state
    const sequence = yield* algorithm.roomSequence(view)
    if (yield* algorithm.isClosed(view)) return 'reserve'
    if (yield* algorithm.hasRoom(view, PAYLOAD_BYTES)) return 'reserve'
    if (!(yield* algorithm.awaitRoom(view, PAYLOAD_BYTES))) return 'reserve'
    state.sequence = sequence
    return 'sleep'
  }

  function* sleep(state: ProducerState): Steps<string> {
    yield* touch.wait(state.view.ring + ROOM_SEQUENCE, state.sequence)
    state.sequence = 0
    return 'mind'
  }

  return { name: `producer ${index + 1}`, begin, phases: { reserve, park, write, commit, mind, sleep } }
}

/** A producer of one record that has reserved and written it already, and only has to commit it. */
export function committer(stage: Stage, ring: number, index: number, flags = 0): Thread<ProducerState> {
  const whole = producer(stage, ring, index, [{ flags }])
  // biome-ignore lint/correctness/useYield: a phase like the others
  function* stop(): Steps<string> {
    return DONE
  }
  const { address, view } = stage.prelude({ ...whole, phases: { ...whole.phases, commit: stop } })
  return { ...whole, begin: { ...whole.begin, at: 'commit', address, view } }
}

/** Writes the payload that the consumer's register expects. */
export function* writePayload(address: number, name: number): Steps<void> {
  yield* touch.store(address, name)
  yield* touch.store(address + 4, ~name)
}
