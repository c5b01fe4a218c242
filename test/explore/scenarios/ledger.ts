import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
} from '#dist/abi/record.js'
import {
  CLOSED_BIT,
  DATA_OFFSET,
  JOURNAL_ABANDONED,
  LOCK_WORD,
  LOSS_FLAG,
  OVERWRITE_POSITION,
  OVERWRITING,
  PRODUCER_POSITION,
  RING_FLAG_OVERWRITE,
  SLOT_ATTEMPTED,
  SLOT_BYTES,
  SLOT_DISCARDED,
  SLOT_DROPPED,
  SLOT_JOURNAL,
  SLOT_REFUSED,
  SLOT_SUBMITTED,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import type { ConsumerState } from '../actors/consumer.js'
import { stateOf } from '../actors/ends.js'
import type { Stage } from '../actors/stage.js'
import type { End } from '../search/search.js'

/** Every attempt has come to something, nobody holds the lock, and what was submitted has come; what is wrong if not. */
export function whatIsLeft(
  stage: Stage,
  read: (address: number) => number,
  producers: number,
  ends: readonly End[],
  consumed: boolean,
  mostAbandoned = 1,
): string | undefined {
  const at = (offset: number) => read(stage.address(0, offset))
  if (at(LOCK_WORD) !== 0) return `the lock word says ${at(LOCK_WORD)}`
  if (at(OVERWRITING) !== at(OVERWRITE_POSITION)) return 'what was to be overwritten is not'
  let submitted = 0
  for (let slot = 1; slot <= producers; slot++) {
    const counter = (offset: number) => at(SLOTS_OFFSET + slot * SLOT_BYTES + offset)
    const abandoned = counter(SLOT_JOURNAL + JOURNAL_ABANDONED)
    if (counter(SLOT_JOURNAL) !== 0) return `the journal of slot ${slot} is left`
    const known = [SLOT_SUBMITTED, SLOT_DISCARDED, SLOT_DROPPED, SLOT_REFUSED].map(counter)
    const sum = known.reduce((total, each) => total + each, abandoned)
    if (sum !== counter(SLOT_ATTEMPTED))
      return `slot ${slot}: ${counter(SLOT_ATTEMPTED)} attempted, ${sum} known`
    if (abandoned < 0 || abandoned > mostAbandoned) return `slot ${slot}: ${abandoned} abandoned`
    submitted += counter(SLOT_SUBMITTED)
  }
  const dropped = at(SLOTS_OFFSET + SLOT_BYTES + SLOT_DROPPED)
  if (dropped !== 0 && at(LOSS_FLAG) === 0) return `${dropped} dropped, and nobody will be told`
  if (!consumed) return miscounted(stage, at, submitted)
  const { next, position } = stateOf<ConsumerState>(ends, 'consumer')
  const come = next.reduce((total, each) => total + each, 0)
  const isFinished = ends.some(({ name, how }) => name === 'consumer' && how === 'done')
  if (!isFinished && position !== (at(PRODUCER_POSITION) & ~CLOSED_BIT)) return 'the consumer is held up'
  return isFinished || come === submitted ? undefined : `${submitted} submitted, ${come} came`
}

/** Where nobody has consumed or overwritten: what stands in the ring is no longer busy, and as much as was counted. */
function miscounted(stage: Stage, at: (offset: number) => number, submitted: number): string | undefined {
  const { size, flags } = stage.view(0)
  if ((flags & RING_FLAG_OVERWRITE) !== 0) return undefined
  const end = at(PRODUCER_POSITION) & ~CLOSED_BIT
  let found = 0
  for (let position = stage.firstPosition; position !== end; ) {
    const word = at(DATA_OFFSET + (position & (size - 1)))
    if ((word & RECORD_BUSY_BIT) !== 0) return 'a record is left busy'
    if ((word & RECORD_DISCARD_BIT) === 0) found++
    position = (position + RECORD_HEADER_BYTES + (word & RECORD_LENGTH_MASK)) | 0
  }
  return found === submitted ? undefined : `${submitted} counted as submitted, ${found} in the ring`
}
