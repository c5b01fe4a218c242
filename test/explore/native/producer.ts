import { RECORD_BUSY_BIT, RECORD_LENGTH_MASK, RECORD_PAGE_OFFSET_WORD } from '#dist/abi/record.js'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  LOCK_WORD,
  PAGE_SHIFT,
  PENDING_POSITION,
  PRODUCER_POSITION,
  ROOM_SEQUENCE,
  ROOM_WAITERS,
  SLEEP_ASLEEP,
  SLEEP_AWAKE,
  SLEEP_WORD,
} from '#dist/abi/region.js'
import { writePayload } from '../actors/producer.js'
import { recordName } from '../actors/records.js'
import { PAYLOAD_BYTES, RECORD_BYTES, type Stage } from '../actors/stage.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { C11 } from './c11.js'

interface State extends ThreadState {
  sent: number
  header: number
  consumer: number
  sequence: number
}

/** How it says that a record is there: as the kernel wakes its poll, or as our rings wake their sleeper. */
export type Waking = 'event' | 'sleep word'

/**
 * A producer in C, with no more order than it needs: the kernel's reserve and commit. The kernel's lock spins; here
 * nobody else is under it for more than a few steps, and who finds it taken looks again.
 */
export function nativeProducer(
  stage: Stage,
  c: C11,
  index: number,
  records: number,
  waking: Waking,
  event: number,
): Thread<State> {
  const at = (offset: number) => stage.address(0, offset)
  const { size } = stage.view(0)
  const headerAt = (position: number) => at(DATA_OFFSET) + (position & (size - 1))
  const used = (from: number, to: number) => (to - from) >>> 0

  function* reserve(state: State): Steps<string> {
    state.consumer = yield* c.load('consumer position before the lock', at(CONSUMER_POSITION), 'acquire')
    return 'lock'
  }

  function* lock(): Steps<string> {
    return (yield* c.compareExchange('lock', at(LOCK_WORD), 0, 1, 'acquire')) === 0 ? 'take' : 'lock'
  }

  function* take(state: State): Steps<string> {
    const position = yield* c.plain.load(at(PRODUCER_POSITION))
    let pending = yield* c.plain.load(at(PENDING_POSITION))
    while (pending !== position) {
      const word = yield* c.load('header of what may be busy', headerAt(pending), 'acquire')
      if ((word & RECORD_BUSY_BIT) !== 0) break
      pending = (pending + RECORD_BYTES) | 0
    }
    yield* c.plain.store(at(PENDING_POSITION), pending)
    const end = (position + RECORD_BYTES) | 0
    if (used(pending, end) >= size || used(state.consumer, end) >= size) {
      yield* c.exchange('unlock', at(LOCK_WORD), 0, 'release')
      return waking === 'event' ? 'reserve' : 'mind'
    }
    state.header = headerAt(position)
    yield* c.plain.store(state.header, PAYLOAD_BYTES | RECORD_BUSY_BIT)
    yield* c.plain.store(state.header + RECORD_PAGE_OFFSET_WORD, state.header >>> PAGE_SHIFT)
    yield* c.store('producer position', at(PRODUCER_POSITION), end, 'release')
    yield* c.exchange('unlock', at(LOCK_WORD), 0, 'release')
    return 'write'
  }

  function* write({ header, sent }: State): Steps<string> {
    yield* writePayload(header + 8, recordName(index, sent))
    return 'commit'
  }

  function* commit(state: State): Steps<string> {
    const length = PAYLOAD_BYTES & RECORD_LENGTH_MASK
    yield* c.exchange('commit', state.header, length, 'seq_cst')
    yield* waking === 'event' ? ringEvent(state) : rouse(state)
    return ++state.sent === records ? DONE : 'reserve'
  }

  /** The kernel's rule: who stands at this record is told. */
  function* ringEvent({ header }: State): Steps<void> {
    const consumer = yield* c.load('consumer position after the commit', at(CONSUMER_POSITION), 'acquire')
    if (headerAt(consumer) !== header) return
    yield* c.plain.atomicStore(event, 1)
    yield* c.plain.notify(event)
  }

  function* rouse({ header }: State): Steps<void> {
    if ((yield* c.load('sleep word', at(SLEEP_WORD), 'acquire')) !== SLEEP_ASLEEP) return
    const consumer = yield* c.load('consumer position after the commit', at(CONSUMER_POSITION), 'acquire')
    if (headerAt(consumer) !== header) return
    const seen = yield* c.compareExchange('wake', at(SLEEP_WORD), SLEEP_ASLEEP, SLEEP_AWAKE, 'acq_rel')
    if (seen === SLEEP_ASLEEP) yield* c.plain.notify(at(SLEEP_WORD))
  }

  /** Says that it waits, then looks for room once more. */
  function* mind(state: State): Steps<string> {
    state.sequence = yield* c.load('room sequence', at(ROOM_SEQUENCE), 'acquire')
    yield* c.store('room waiters', at(ROOM_WAITERS), 1, 'relaxed')
    yield* c.fence('between room waiters and the look for room')
    const consumer = yield* c.load('consumer position, for room', at(CONSUMER_POSITION), 'acquire')
    const producer = yield* c.load('producer position, for room', at(PRODUCER_POSITION), 'relaxed')
    return used(consumer, (producer + RECORD_BYTES) | 0) < size ? 'reserve' : 'sleep'
  }

  function* sleep({ sequence }: State): Steps<string> {
    yield* c.plain.wait(at(ROOM_SEQUENCE), sequence)
    return 'reserve'
  }

  const begin: State = { at: 'reserve', sent: 0, header: 0, consumer: 0, sequence: 0 }
  return {
    name: `C producer ${index + 1}`,
    begin,
    phases: { reserve, lock, take, write, commit, mind, sleep },
  }
}
