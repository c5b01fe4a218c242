import { RECORD_BUSY_BIT, RECORD_HEADER_BYTES } from '#dist/abi/record.js'
import {
  CONSUMER_POSITION,
  DATA_OFFSET,
  PRODUCER_POSITION,
  ROOM_SEQUENCE,
  ROOM_WAITERS,
  SLEEP_ASLEEP,
  SLEEP_AWAKE,
  SLEEP_WORD,
} from '#dist/abi/region.js'
import type { Register } from '../actors/records.js'
import { RECORD_BYTES, type Stage } from '../actors/stage.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { C11 } from './c11.js'
import type { Waking } from './producer.js'

interface State extends ThreadState {
  position: number
  readonly next: number[]
}

/**
 * A consumer in C, with no more order than it needs. It sleeps as one of our rings does, on the sleep word; or on the
 * kernel's event, edge-triggered: what rang while it was awake ends the next sleep, and a level is not looked at.
 */
export function nativeConsumer(
  stage: Stage,
  c: C11,
  register: Register,
  waking: Waking,
  event: number,
): Thread<State> {
  const at = (offset: number) => stage.address(0, offset)
  const { size } = stage.view(0)
  const headerAt = (position: number) => at(DATA_OFFSET) + (position & (size - 1))

  /** Takes one record; its position is stored behind each, as libbpf does. */
  function* look(state: State): Steps<string> {
    const { position } = state
    const producer = yield* c.load('producer position, to consume', at(PRODUCER_POSITION), 'acquire')
    if (producer === position) return 'doze'
    const header = headerAt(position)
    const word = yield* c.load('header, to consume', header, 'acquire')
    if ((word & RECORD_BUSY_BIT) !== 0) return 'doze'
    const payload = header + RECORD_HEADER_BYTES
    register.take(state.next, yield* c.plain.load(payload), yield* c.plain.load(payload + 4))
    return 'release'
  }

  function* release(state: State): Steps<string> {
    state.position = (state.position + RECORD_BYTES) | 0
    yield* c.store('consumer position', at(CONSUMER_POSITION), state.position, 'release')
    // On the kernel's ring nothing else would stand between the position and the next look at a header. A store that is
    // sequentially consistent is not enough where the loads behind it only acquire.
    if (waking === 'event') yield* c.fence('between the consumer position and the next look')
    if (waking === 'sleep word') yield* wakeProducers()
    return register.isComplete(state.next) ? DONE : 'look'
  }

  function* wakeProducers(): Steps<void> {
    yield* c.fence('between the consumer position and room waiters')
    if ((yield* c.load('room waiters', at(ROOM_WAITERS), 'relaxed')) === 0) return
    yield* c.exchange('nobody waits for room', at(ROOM_WAITERS), 0, 'relaxed')
    const sequence = yield* c.load('room sequence', at(ROOM_SEQUENCE), 'relaxed')
    yield* c.store('new room sequence', at(ROOM_SEQUENCE), sequence + 1, 'release')
    yield* c.plain.notify(at(ROOM_SEQUENCE))
  }

  function* doze({ position }: State): Steps<string> {
    if (waking === 'event') return 'sleep'
    yield* c.store('asleep', at(SLEEP_WORD), SLEEP_ASLEEP, 'release')
    yield* c.fence('between asleep and the look at the record')
    const producer = yield* c.load('producer position, before sleep', at(PRODUCER_POSITION), 'acquire')
    if (producer === position) return 'sleep'
    const word = yield* c.load('header, before sleep', headerAt(position), 'acquire')
    return (word & RECORD_BUSY_BIT) !== 0 ? 'sleep' : 'rise'
  }

  function* sleep(): Steps<string> {
    yield* waking === 'event' ? c.plain.wait(event, 0) : c.plain.wait(at(SLEEP_WORD), SLEEP_ASLEEP)
    return 'rise'
  }

  function* rise(): Steps<string> {
    yield* waking === 'event'
      ? c.plain.exchange(event, 0)
      : c.store('awake', at(SLEEP_WORD), SLEEP_AWAKE, 'relaxed')
    return 'look'
  }

  const begin: State = { at: 'look', position: stage.firstPosition, next: register.begin() }
  return { name: 'C consumer', begin, phases: { look, release, doze, sleep, rise } }
}
