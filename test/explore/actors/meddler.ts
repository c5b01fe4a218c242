import { CONSUMER_POSITION } from '#dist/abi/region.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { RECORD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

const touch = new Touch('meddler')

/** Moves the consumer position over this many records, which nobody has consumed. */
export function meddler(stage: Stage, ring: number, records: number): Thread<ThreadState> {
  function* meddle(): Steps<string> {
    const position = stage.firstPosition + records * RECORD_BYTES
    yield* touch.atomicStore(stage.address(ring, CONSUMER_POSITION), position | 0)
    return DONE
  }

  return { name: 'meddler', begin: { at: 'meddle' }, phases: { meddle } }
}
