import { REASON_CONTENDED } from '#dist/abi/reason.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { writePayload } from './producer.js'
import { recordName } from './records.js'
import { PAYLOAD_BYTES, type Stage } from './stage.js'

export interface HolderState extends ThreadState {
  readonly view: View
  /** Of the payloads that it has reserved and not committed. */
  readonly addresses: number[]
}

/** A producer that holds two records at once, and commits the second before the first. */
export function holder(stage: Stage, ring: number, index: number): Thread<HolderState> {
  const { algorithm } = stage

  function* reserve({ view, addresses }: HolderState): Steps<string> {
    const address = yield* algorithm.reserve(view, PAYLOAD_BYTES, 0, stage.patience)
    const { reason } = view
    view.reason = 0
    if (address === 0 && reason === REASON_CONTENDED) return 'park'
    if (address === 0) throw new Error(`reserve failed with reason ${reason}`)
    yield* writePayload(address, recordName(index, addresses.length))
    return addresses.push(address) === 2 ? 'commit' : 'reserve'
  }

  function* park({ view }: HolderState): Steps<string> {
    yield* stage.park(view)
    return 'reserve'
  }

  function* commit({ view, addresses }: HolderState): Steps<string> {
    const answer = yield* algorithm.commit(view, addresses.pop() as number, 0, 0)
    if (answer !== 0) throw new Error(`commit of a reserved record answered ${answer}`)
    return addresses.length === 0 ? DONE : 'commit'
  }

  const begin = { at: 'reserve', view: stage.producerView(ring, index), addresses: [] }
  return { name: `producer ${index + 1}`, begin, phases: { reserve, park, commit } }
}
