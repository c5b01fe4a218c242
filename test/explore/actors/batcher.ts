import { REASON_CONTENDED } from '#dist/abi/reason.js'
import { RECORD_HEADER_BYTES } from '#dist/abi/record.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { writePayload } from './producer.js'
import { recordName } from './records.js'
import { PAYLOAD_BYTES, RECORD_BYTES, type Stage } from './stage.js'

export interface BatcherState extends ThreadState {
  readonly view: View
  /** Of the first payload. */
  address: number
}

/**
 * A producer that sends its records with one commit, by one of two ways: `batch` as `reserveBatch` and
 * `submitBatch` do, `many` as `outputMany` does.
 */
export function batcher(
  stage: Stage,
  ring: number,
  index: number,
  records: number,
  way: 'batch' | 'many',
): Thread<BatcherState> {
  const { algorithm } = stage
  const begin: BatcherState = { at: 'reserve', view: stage.producerView(ring, index), address: 0 }

  function* reserve(state: BatcherState): Steps<string> {
    const { view } = state
    const length = records * RECORD_BYTES - RECORD_HEADER_BYTES
    state.address = yield* way === 'batch'
      ? algorithm.reserveBatch(view, records, PAYLOAD_BYTES, stage.patience)
      : algorithm.reserveRegion(view, records, length, stage.patience)
    const { reason } = view
    view.reason = 0
    if (state.address !== 0) return way
    if (reason === REASON_CONTENDED) return 'park'
    throw new Error(`reserving a batch failed with reason ${reason}`)
  }

  function* park({ view }: BatcherState): Steps<string> {
    yield* stage.park(view)
    return 'reserve'
  }

  function* batch({ view, address }: BatcherState): Steps<string> {
    let at = address
    for (let record = 0; record < records; record++) {
      yield* writePayload(at, recordName(index, record))
      at = yield* algorithm.nextAddress(view, at, PAYLOAD_BYTES)
    }
    mustBeZero(yield* algorithm.commitBatch(view, address, records, PAYLOAD_BYTES, 0, 0))
    return DONE
  }

  function* many({ view, address }: BatcherState): Steps<string> {
    let at = address
    for (let record = 0; record < records; record++) {
      yield* writePayload(at, recordName(index, record))
      at = yield* at === address
        ? algorithm.nextAddress(view, at, PAYLOAD_BYTES)
        : algorithm.splitOff(view, at, PAYLOAD_BYTES, 0)
    }
    const bytes = records * PAYLOAD_BYTES
    mustBeZero(yield* algorithm.commitRegion(view, address, records, PAYLOAD_BYTES, bytes, 0, 0))
    return DONE
  }

  return { name: `producer ${index + 1}`, begin, phases: { reserve, park, batch, many } }
}

function mustBeZero(answer: number): void {
  if (answer !== 0) throw new Error(`commit of a reserved batch answered ${answer}`)
}
