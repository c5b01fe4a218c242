import { BELL_PLACE, SLEEP_ASLEEP, SLEEP_WORD } from '#dist/abi/region.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type ConsumerState, consumer } from './consumer.js'
import type { Register } from './records.js'
import type { Stage } from './stage.js'
import { Touch } from './touch.js'

/** One ring of the group. */
interface Item {
  readonly consumer: ConsumerState
  /** Its producers have been asked to ring. */
  armed: boolean
}

export interface GroupState extends ThreadState {
  readonly items: Item[]
  /** Rings to be looked at, and rings to be visited; by index. */
  ready: number[]
  readonly events: number[]
  /** What the bell said before the rings were looked at. */
  rung: number
}

const touch = new Touch('epoll')
/** Place 0 stands for no bell. */
const PLACE = 1

/**
 * What `RingEpoll` of src/consumer does for a poller of several rings, all of them with one bell.
 *
 *     move in ──► rest ──► notice ──► report ──► visit ──► rest
 *                  ▲                    │ no events
 *                  └─────── sleep ◄─────┘
 */
export function group(
  stage: Stage,
  registers: readonly Register[],
  triggered: 'level' | 'edge',
): Thread<GroupState> {
  const { algorithm } = stage
  const consumers = registers.map((register, ring) => consumer(stage, ring, register))
  const bell = stage.bell(PLACE)

  function* moveIn({ items }: GroupState): Steps<string> {
    for (const { consumer } of items) yield* touch.atomicStore(consumer.view.ring + BELL_PLACE, PLACE)
    return 'rest'
  }

  function* rest(state: GroupState): Steps<string> {
    state.rung = yield* algorithm.listen(stage.board, PLACE)
    return 'notice'
  }

  /** [B3] */
  function* notice({ items, ready }: GroupState): Steps<string> {
    for (const [index, item] of items.entries()) {
      if (!item.armed) continue
      const word = yield* touch.atomicLoad(item.consumer.view.ring + SLEEP_WORD)
      if (word === SLEEP_ASLEEP) continue
      item.armed = false
      ready.push(index)
    }
    return 'report'
  }

  function* report(state: GroupState): Steps<string> {
    const { items, events } = state
    const ready = state.ready
    state.ready = []
    for (const index of ready) {
      const item = items[index] as Item
      const { view, position } = item.consumer
      yield* algorithm.arm(view)
      item.armed = true
      if (!(yield* algorithm.isReadable(view, position))) continue
      events.push(index)
      if (triggered === 'edge') continue
      yield* algorithm.wakeUp(view)
      item.armed = false
      state.ready.push(index)
    }
    if (events.length === 0) return 'sleep'
    yield* algorithm.stopListening(stage.board, PLACE)
    return 'visit'
  }

  /** A phase of the ring whose turn it is, until it has nothing to give. */
  function* visit({ items, events }: GroupState): Steps<string> {
    const index = events[0] as number
    const { consumer } = items[index] as Item
    const phase = consumers[index]?.phases[consumer.at]
    if (phase) consumer.at = yield* phase(consumer)
    if (consumer.at !== 'doze' && consumer.at !== DONE) return 'visit'
    if (consumer.at === 'doze') consumer.at = 'look'
    events.shift()
    if (events.length > 0) return 'visit'
    const isComplete = registers.every((register, at) => register.isComplete(items[at]?.consumer.next ?? []))
    return isComplete ? DONE : 'rest'
  }

  function* sleep(state: GroupState): Steps<string> {
    yield* touch.wait(bell, state.rung)
    yield* algorithm.stopListening(stage.board, PLACE)
    state.rung = 0
    return 'rest'
  }

  const begin = {
    at: 'move in',
    items: consumers.map(({ begin }) => ({ consumer: begin, armed: false })),
    ready: [...consumers.keys()],
    events: [],
    rung: 0,
  }
  return { name: 'consumer', begin, phases: { 'move in': moveIn, rest, notice, report, visit, sleep } }
}
