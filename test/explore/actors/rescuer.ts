import { LOCK_WORD } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import type { Stage } from './stage.js'
import { Touch } from './touch.js'

export interface RescuerState extends ThreadState {
  readonly view: View
}

const touch = new Touch('rescuer')

/**
 * Waits until a thread has died, wherever it was, and recovers from it as `recover` of src/ring does. It knows
 * who is dead: the producers of these indices. `declared`: they may go on, it only was said that they died.
 */
export function rescuer(
  stage: Stage,
  ring: number,
  index: number,
  gone: readonly number[],
  deaths: readonly number[] | 'declared',
): Thread<RescuerState> {
  const { algorithm } = stage
  const slots = gone.map((each) => each + 1)

  function* mourn(): Steps<string> {
    if (deaths !== 'declared') for (const death of deaths) yield* touch.wait(death, 0)
    return 'acquire'
  }

  function* acquire({ view }: RescuerState): Steps<string> {
    if (yield* algorithm.lock(view, 1)) return 'recover'
    const word = yield* touch.atomicLoad(view.ring + LOCK_WORD)
    if (word === 0) return 'acquire'
    if (!slots.includes((word & 0xff) - 1)) return 'park'
    return (yield* algorithm.seizeLock(view, word)) ? 'recover' : 'acquire'
  }

  function* park({ view }: RescuerState): Steps<string> {
    yield* stage.park(view)
    return 'acquire'
  }

  function* recover({ view }: RescuerState): Steps<string> {
    for (const slot of slots) yield* algorithm.recoverSlot(view, slot, deaths !== 'declared')
    yield* algorithm.endRecovery(view)
    return DONE
  }

  const begin = { at: deaths === 'declared' ? 'acquire' : 'mourn', view: stage.producerView(ring, index) }
  return { name: `rescuer ${index + 1}`, begin, phases: { mourn, acquire, park, recover } }
}
