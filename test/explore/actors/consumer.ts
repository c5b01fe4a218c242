import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_HEADER_BYTES,
  RECORD_LENGTH_MASK,
} from '#dist/abi/record.js'
import { DATA_OFFSET, SLEEP_ASLEEP, SLEEP_AWAKE, SLEEP_WORD } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { Register } from './records.js'
import { RECORD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface ConsumerState extends ThreadState {
  readonly view: View
  /** It has released up to here. */
  position: number
  /** What `scan` has answered. */
  end: number
  /** How far it has seen, for the register. */
  readonly next: number[]
  /** How many of its waits may still end because their time is over. */
  impatience: number
  /** Whether it sleeps for more than one record: until it has got one. */
  gathering: boolean
  /** What the sleep word says while it sleeps. */
  asleep: number
}

export interface ConsumerOptions {
  /** When it leaves. Default: when all records have come. */
  readonly until?: 'all' | 'closed'
  readonly impatience?: number
  /** Records of one look. Default: more than there are. */
  readonly batch?: number
  /** It sleeps until so much is there, for a start. */
  readonly watermark?: { readonly bytes?: number; readonly records?: number }
  /** Whether it sleeps for as much again, each time; or looks for it without sleeping. Default: once, and asleep. */
  readonly gathers?: 'again' | 'awake'
}

const MANY = 256
/** What is never reached. */
const NEVER_BYTES = 0xffff_ffff
const NEVER_RECORDS = 0x7fff_ffff

const touch = new Touch('consumer')

/**
 * What `Consumer` of src/consumer does: consumes what is there, and waits when nothing is.
 *
 *     look ──► show ──► release ─┐
 *      │ nothing                 │
 *      ▼                         │
 *     doze ──► sleep ──► rise ───┴──► look
 */
export function consumer(
  stage: Stage,
  ring: number,
  register: Register,
  { until = 'all', impatience = 0, batch = MANY, watermark, gathers }: ConsumerOptions = {},
): Thread<ConsumerState> {
  const { algorithm } = stage
  const begin: ConsumerState = {
    at: watermark ? 'doze' : 'look',
    view: stage.view(ring),
    position: stage.firstPosition,
    end: 0,
    next: register.begin(),
    impatience,
    gathering: watermark !== undefined,
    asleep: SLEEP_ASLEEP,
  }

  function* look(state: ConsumerState): Steps<string> {
    const { view } = state
    state.end = yield* algorithm.scan(view, state.position, batch)
    if (state.end === algorithm.DAMAGED) throw new Error(`the ring is damaged: reason ${view.reason}`)
    return state.end === state.position ? 'doze' : 'show'
  }

  function* show({ view, position, end, next }: ConsumerState): Steps<string> {
    for (let at = position; at !== end; ) {
      const header = view.ring + DATA_OFFSET + (at & (view.size - 1))
      const word = yield* touch.load(header)
      if ((word & RECORD_BUSY_BIT) !== 0) throw new Error('a record is busy again')
      if ((word & RECORD_DISCARD_BIT) === 0) {
        const payload = header + RECORD_HEADER_BYTES
        register.take(next, yield* touch.load(payload), yield* touch.load(payload + 4))
      }
      at = (at + (yield* algorithm.recordBytes(word & RECORD_LENGTH_MASK))) | 0
    }
    return 'release'
  }

  function* release(state: ConsumerState): Steps<string> {
    const records = ((state.end - state.position) >>> 0) / RECORD_BYTES
    yield* algorithm.release(state.view, state.position, state.end, records, 0)
    state.position = state.end
    if (gathers !== 'again') state.gathering = false
    return until === 'all' && register.isComplete(state.next) ? DONE : 'look'
  }

  function* doze(state: ConsumerState): Steps<string> {
    const { view, position } = state
    if (yield* algorithm.isFinished(view, position)) return DONE
    if (state.gathering) {
      const { bytes = NEVER_BYTES, records = NEVER_RECORDS } = watermark ?? {}
      if (gathers === 'awake')
        return (yield* algorithm.hasEnough(view, position, bytes, records)) ? 'look' : 'doze'
      state.asleep = yield* algorithm.fallAsleepForMore(view, position, bytes, records)
      return state.asleep === SLEEP_AWAKE ? 'look' : 'sleep'
    }
    state.asleep = SLEEP_ASLEEP
    return (yield* algorithm.fallAsleep(view, position)) ? 'sleep' : 'look'
  }

  function* sleep(state: ConsumerState): Steps<string> {
    const mayTimeOut = state.impatience > 0
    if (mayTimeOut) state.impatience--
    yield* touch.wait(state.view.ring + SLEEP_WORD, state.asleep, mayTimeOut)
    return 'rise'
  }

  function* rise({ view }: ConsumerState): Steps<string> {
    yield* algorithm.wakeUp(view)
    return 'look'
  }

  return { name: 'consumer', begin, phases: { look, show, release, doze, sleep, rise } }
}
