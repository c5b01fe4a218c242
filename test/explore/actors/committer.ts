import { RECORD_HEADER_BYTES } from '#dist/abi/record.js'
import { DATA_OFFSET } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { writePayload } from './producer.js'
import { recordName } from './records.js'
import { PAYLOAD_BYTES, RECORD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface CommitterState extends ThreadState {
  readonly view: View
  /** Of the payload. */
  address: number
  /** What its commit answered. */
  answer: number
}

const touch = new Touch('committer')

/** Reserves a record, lays its address on the desk for another, and commits it all the same. */
export function giver(stage: Stage, ring: number, desk: number): Thread<CommitterState> {
  const { algorithm } = stage

  function* reserve(state: CommitterState): Steps<string> {
    state.address = yield* algorithm.reserve(state.view, PAYLOAD_BYTES, 0, stage.patience)
    if (state.address === 0) throw new Error('there is room, and nobody is in the way')
    yield* writePayload(state.address, recordName(0, 0))
    yield* touch.atomicStore(desk, state.address)
    yield* touch.notify(desk)
    return 'commit'
  }

  return {
    name: 'giver',
    begin: beginning(stage, ring, 'reserve'),
    phases: { reserve, commit: commit(stage) },
  }
}

/** Commits the record whose address it finds on the desk. */
export function taker(stage: Stage, ring: number, desk: number): Thread<CommitterState> {
  function* look(state: CommitterState): Steps<string> {
    state.address = yield* touch.atomicLoad(desk)
    return state.address === 0 ? 'wait' : 'commit'
  }

  function* wait(): Steps<string> {
    yield* touch.wait(desk, 0)
    return 'look'
  }

  return {
    name: 'taker',
    begin: beginning(stage, ring, 'look'),
    phases: { look, wait, commit: commit(stage) },
  }
}

/** Commits the place behind the first record, which it never reserved. */
export function stranger(stage: Stage, ring: number): Thread<CommitterState> {
  const begin = beginning(stage, ring, 'commit')
  const offset = (stage.firstPosition + RECORD_BYTES) & (begin.view.size - 1)
  const address = stage.address(ring, DATA_OFFSET + offset + RECORD_HEADER_BYTES)
  return { name: 'stranger', begin: { ...begin, address }, phases: { commit: commit(stage) } }
}

function beginning(stage: Stage, ring: number, at: string): CommitterState {
  return { at, view: stage.view(ring), address: 0, answer: 1 }
}

function commit({ algorithm }: Stage): (state: CommitterState) => Steps<string> {
  return function* (state) {
    state.answer = yield* algorithm.commit(state.view, state.address, 0, 0)
    return DONE
  }
}

/** A producer that has reserved a record and written it, and is slow to commit it. */
export function lateCommitter(stage: Stage, ring: number, index: number): Thread<CommitterState> {
  const { algorithm } = stage

  function* reserve(state: CommitterState): Steps<string> {
    state.address = yield* algorithm.reserve(state.view, PAYLOAD_BYTES, 0, stage.patience)
    yield* writePayload(state.address, recordName(index, 0))
    return DONE
  }

  const begin = { at: 'reserve', view: stage.producerView(ring, index), address: 0, answer: 1 }
  const { address, view } = stage.prelude({ name: 'late committer', begin, phases: { reserve } })
  return {
    name: 'late committer',
    begin: { ...begin, at: 'commit', address, view },
    phases: { commit: commit(stage) },
  }
}
