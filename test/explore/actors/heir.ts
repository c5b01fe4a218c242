import { CONSUMER_POSITION } from '#dist/abi/region.js'
import { DONE, type Thread } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type ConsumerState, consumer } from './consumer.js'
import type { Register } from './records.js'
import { RECORD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

const touch = new Touch('heir')

/**
 * Waits until the consumer has died, wherever it was, and all heirs before, and goes on as `openConsumer` does with `takeOver`.
 * There is one producer; so the position says which record is next, and those that the dead consumer had
 * shown but not released come again.
 */
export function heir(
  stage: Stage,
  ring: number,
  register: Register,
  deaths: readonly number[],
  name = 'heir',
): Thread<ConsumerState> {
  const { algorithm } = stage
  const { begin, phases } = consumer(stage, ring, register)

  function* mourn(): Steps<string> {
    for (const death of deaths) yield* touch.wait(death, 0)
    return 'take over'
  }

  function* takeOver(state: ConsumerState): Steps<string> {
    const { view } = state
    yield* algorithm.finishPromise(view)
    const position = yield* touch.atomicLoad(view.ring + CONSUMER_POSITION)
    if (!(yield* algorithm.finishRelease(view)) || !(yield* algorithm.refreshLimit(view, position, 0))) {
      throw new Error(`no consumer can begin here: reason ${view.reason}`)
    }
    state.position = position
    state.next[0] = ((position - stage.firstPosition) | 0) / RECORD_BYTES
    return register.isComplete(state.next) ? DONE : 'look'
  }

  return {
    name,
    begin: { ...begin, at: 'mourn' },
    phases: { ...phases, mourn, 'take over': takeOver },
  }
}
