import {
  RECORD_BUSY_BIT,
  RECORD_DISCARD_BIT,
  RECORD_LENGTH_MASK,
  RECORD_PAGE_OFFSET_MASK,
} from '#dist/abi/record.js'
import {
  CLOSED_BIT,
  CONSUMED_COUNT,
  CONSUMER_POSITION,
  CONSUMER_ROUNDS,
  DATA_OFFSET,
  LOST_COUNT,
  PRODUCER_POSITION,
  SLEEP_ASLEEP,
  SLEEP_WORD,
} from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { PAYLOAD_BYTES, RECORD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface ReaderState extends ThreadState {
  readonly view: View
  /** Where it stands, in 64 bits, and how many submitted records lie before, seen and missed. */
  position: number
  before: number
  /** What it has copied, from its position on. */
  copy: number[]
  /** How much of the copy is complete records, and how many of them are submitted. */
  bytes: number
  shown: number
}

/** How many records were submitted before the one of this name; -1 if none is called so. */
export type NumberOf = (name: number) => number

const touch = new Touch('reader')
const ROUND = 2 ** 32

/**
 * What `CopyingReader` does for the consumer of a ring in overwrite mode: copies, looks what was
 * overwritten meanwhile, and believes the rest. In the end it sleeps, for nothing more comes.
 *
 *     copy ──► check ──► show ──► release ──► copy
 *      │ nothing                               ▲
 *      ▼                                       │
 *     doze ──► sleep ──► rise ─────────────────┘
 */
export function reader(stage: Stage, ring: number, numberOf: NumberOf): Thread<ReaderState> {
  const { algorithm } = stage
  const begin: ReaderState = {
    at: 'copy',
    view: stage.view(ring),
    position: stage.firstPosition >>> 0,
    before: 0,
    copy: [],
    bytes: 0,
    shown: 0,
  }

  /** Where the oldest record stands now, and how many submitted ones lie before. */
  function* survey(view: View): Steps<{ position: number; before: number } | undefined> {
    if (!(yield* algorithm.survey(view))) return undefined
    const found = (which: number) => (view.found[which] as number) >>> 0
    const position = found(algorithm.FOUND_ROUNDS) * ROUND + found(algorithm.FOUND_POSITION)
    const before = found(algorithm.FOUND_LOST_HIGH) * ROUND + found(algorithm.FOUND_LOST)
    view.found.fill(0)
    return { position, before }
  }

  function* skipTo(state: ReaderState, oldest: { position: number; before: number }): Steps<void> {
    if (oldest.position <= state.position) return
    const lost = oldest.before - state.before
    if (lost < 0) throw new Error('fewer records were overwritten than it has seen')
    state.position = oldest.position
    state.before = oldest.before
    const word = state.view.ring + LOST_COUNT
    yield* touch.atomicStore(word, (yield* touch.load(word)) + lost)
    yield* advance(state, 0)
  }

  function* advance({ view, position }: ReaderState, consumed: number): Steps<void> {
    yield* algorithm.advanceTo(view, position | 0, Math.floor(position / ROUND) | 0, consumed, 0)
  }

  function* copy(state: ReaderState): Steps<string> {
    const { view } = state
    const oldest = yield* survey(view)
    if (!oldest) return 'copy'
    yield* skipTo(state, oldest)
    const producer = (yield* touch.atomicLoad(view.ring + PRODUCER_POSITION)) & ~CLOSED_BIT
    const reserved = (producer - state.position) >>> 0
    if (reserved > view.size) return 'copy'
    const pending = ((yield* algorithm.committedBefore(view)) - state.position) | 0
    if (reserved === 0) return 'doze'
    const committed = Math.max(0, Math.min(pending, reserved))
    const header = view.ring + DATA_OFFSET + (state.position % view.size)
    const word = yield* touch.atomicLoad(header)
    if (committed === 0 && (word & RECORD_BUSY_BIT) !== 0) return 'doze'
    const first = yield* algorithm.recordBytes(word & RECORD_LENGTH_MASK)
    const bytes = committed > 0 ? committed : Math.min(first, reserved)
    // Behind the end of the data lies only what runs over of the last record.
    const toEnd = view.size - (state.position % view.size)
    for (let at = 0; at < Math.min(bytes, toEnd); at += 4) state.copy.push(yield* touch.load(header + at))
    return 'check'
  }

  function* check(state: ReaderState): Steps<string> {
    const from = state.position
    const now = yield* survey(state.view)
    if (now && now.position < from + state.copy.length * 4) {
      yield* skipTo(state, now)
      state.copy.splice(0, (state.position - from) / 4)
      return 'show'
    }
    state.copy = []
    return 'copy'
  }

  /** Works on what it has copied, so nobody can come in between. */
  // biome-ignore lint/correctness/useYield: a phase like the others
  function* show(state: ReaderState): Steps<string> {
    const { copy } = state
    for (state.bytes = 0; state.bytes < copy.length * 4; state.bytes += RECORD_BYTES) {
      const [header = 0, place = 0, name = 0, complement = 0] = copy.slice(state.bytes / 4)
      if ((header & RECORD_BUSY_BIT) !== 0) break
      if ((header & ~RECORD_DISCARD_BIT) !== PAYLOAD_BYTES || (place & RECORD_PAGE_OFFSET_MASK) !== 3) {
        throw new Error(`0x${header.toString(16)} is no header`)
      }
      if ((header & RECORD_DISCARD_BIT) !== 0) continue
      if (name !== ~complement) throw new Error(`a record is torn: ${name} and ${complement}`)
      if (numberOf(name) !== state.before) throw new Error(`record ${name} is not number ${state.before}`)
      state.before++
      state.shown++
    }
    state.copy = []
    return state.bytes > 0 ? 'release' : 'copy'
  }

  function* release(state: ReaderState): Steps<string> {
    state.position += state.bytes
    const { shown } = state
    state.bytes = 0
    state.shown = 0
    yield* advance(state, shown)
    return 'copy'
  }

  function* doze({ view, position }: ReaderState): Steps<string> {
    if (yield* algorithm.isFinished(view, position | 0)) return DONE
    return (yield* algorithm.fallAsleep(view, position | 0)) ? 'sleep' : 'copy'
  }

  function* sleep({ view }: ReaderState): Steps<string> {
    yield* touch.wait(view.ring + SLEEP_WORD, SLEEP_ASLEEP)
    return 'rise'
  }

  function* rise({ view }: ReaderState): Steps<string> {
    yield* algorithm.wakeUp(view)
    return 'copy'
  }

  return { name: 'reader', begin, phases: { copy, check, show, release, doze, sleep, rise } }
}

/** Waits until the reader has died, wherever it was, and goes on as `openConsumer` and `CopyingReader.consumer` do. */
export function readingHeir(
  stage: Stage,
  ring: number,
  numberOf: NumberOf,
  death: number,
): Thread<ReaderState> {
  const { begin, phases } = reader(stage, ring, numberOf)

  function* mourn(): Steps<string> {
    yield* touch.wait(death, 0)
    return 'take over'
  }

  function* takeOver(state: ReaderState): Steps<string> {
    const { ring: base } = state.view
    yield* stage.algorithm.finishPromise(state.view)
    const rounds = yield* touch.atomicLoad(base + CONSUMER_ROUNDS)
    state.position = rounds * ROUND + ((yield* touch.atomicLoad(base + CONSUMER_POSITION)) >>> 0)
    state.before = (yield* touch.load(base + CONSUMED_COUNT)) + (yield* touch.load(base + LOST_COUNT))
    yield* stage.algorithm.finishRelease(state.view)
    return 'copy'
  }

  return {
    name: 'heir',
    begin: { ...begin, at: 'mourn' },
    phases: { ...phases, mourn, 'take over': takeOver },
  }
}
