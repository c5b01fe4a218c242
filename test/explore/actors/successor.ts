import { OWNER_GENERATION_SHIFT, SLOT_BYTES, SLOT_OWNER, SLOTS_OFFSET } from '#dist/abi/region.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type SlowState, slow } from './slow.js'
import { type Stage, TOKEN } from './stage.js'
import { Touch } from './touch.js'

const touch = new Touch('successor')

/** What the owner word says once the next one has the slot. */
export const NEXT_TOKEN = TOKEN + (1 << OWNER_GENERATION_SHIFT)

/** A producer that gives its slot back, as `detach` does, without the lock; then it does nothing, and may die. */
export function leaver(stage: Stage, ring: number, index: number, diesAt: number): Thread {
  stage.producerView(ring, index)
  function* leave(): Steps<string> {
    yield* touch.compareExchange(ownerOf(stage, ring, index), TOKEN, 0)
    return 'stay'
  }
  function* stay(): Steps<string> {
    yield* touch.wait(diesAt, 0)
    return DONE
  }
  return { name: 'leaver', begin: { at: 'leave' }, phases: { leave, stay }, diesAt }
}

export interface GuestState extends ThreadState {
  has: boolean
}

/** Takes the slot of a producer that is dead, without the lock, as those do who recover and have no slot. */
export function guest(stage: Stage, ring: number, index: number): Thread<GuestState> {
  function* take(state: GuestState): Steps<string> {
    const owner = ownerOf(stage, ring, index)
    const before = yield* touch.atomicLoad(owner)
    state.has = (yield* touch.compareExchange(owner, before, NEXT_TOKEN)) === before
    return DONE
  }
  return { name: 'guest', begin: { at: 'take', has: false }, phases: { take } }
}

/** Takes the slot of another producer if that is free, and sends a record. */
export function successor(stage: Stage, ring: number, index: number, end: number): Thread<SlowState> {
  const { begin, phases, name } = slow(stage, ring, index, 1, end)
  function* take(): Steps<string> {
    const owner = ownerOf(stage, ring, index)
    return (yield* touch.compareExchange(owner, 0, NEXT_TOKEN)) === 0 ? 'reserve' : DONE
  }
  const view = { ...begin.view, token: NEXT_TOKEN }
  return { name, begin: { ...begin, at: 'take', view }, phases: { ...phases, take } }
}

export function ownerOf(stage: Stage, ring: number, index: number): number {
  return stage.address(ring, SLOTS_OFFSET + (index + 1) * SLOT_BYTES + SLOT_OWNER)
}
