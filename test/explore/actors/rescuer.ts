import { LOCK_WORD, SLOT_BYTES, SLOT_OWNER, SLOTS_OFFSET } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type Stage, TOKEN } from './stage.js'
import { Touch } from './touch.js'

export interface RescuerState extends ThreadState {
  readonly view: View
  /** What the owner word said when it judged; 0: it has not. */
  judged: number
}

const touch = new Touch('rescuer')

/**
 * Waits until a thread has died, wherever it was, and recovers from it as `recover` of src/ring does. It knows
 * who is dead: the producers of these indices. `declared`: they may go on, it only was said that they died.
 * `early`: it has looked whose the slot is before the death of that one, and that may be long ago.
 */
export function rescuer(
  stage: Stage,
  ring: number,
  index: number,
  gone: readonly number[],
  deaths: readonly number[] | 'declared',
  early = false,
): Thread<RescuerState> {
  const { algorithm } = stage
  const slots = gone.map((each) => each + 1)

  const ownerOf = (slot: number) => stage.address(ring, SLOTS_OFFSET + slot * SLOT_BYTES + SLOT_OWNER)

  function* judge(state: RescuerState): Steps<string> {
    state.judged = yield* touch.atomicLoad(ownerOf(slots[0] as number))
    return state.judged === TOKEN ? 'mourn' : DONE
  }

  function* mourn(): Steps<string> {
    if (deaths !== 'declared') for (const death of deaths) yield* touch.wait(death, 0)
    return 'acquire'
  }

  function* acquire({ view }: RescuerState): Steps<string> {
    if (yield* algorithm.lock(view, 1)) return 'recover'
    const word = yield* touch.atomicLoad(view.ring + LOCK_WORD)
    if (word === 0) return 'acquire'
    // From one that lives it is not taken, whatever is said of it.
    if (deaths === 'declared' || !slots.includes((word & 0xff) - 1)) return 'park'
    return (yield* algorithm.seizeLock(view, word)) ? 'recover' : 'acquire'
  }

  function* park({ view }: RescuerState): Steps<string> {
    yield* stage.park(view)
    return 'acquire'
  }

  function* recover({ view, judged }: RescuerState): Steps<string> {
    for (const slot of slots) {
      const owner = judged || (yield* touch.atomicLoad(ownerOf(slot)))
      if (owner !== 0) yield* algorithm.recoverSlot(view, slot, owner, deaths !== 'declared')
    }
    yield* algorithm.endRecovery(view)
    return DONE
  }

  const first = early ? 'judge' : deaths === 'declared' ? 'acquire' : 'mourn'
  const begin = { at: first, view: stage.producerView(ring, index), judged: 0 }
  return { name: `rescuer ${index + 1}`, begin, phases: { judge, mourn, acquire, park, recover } }
}
