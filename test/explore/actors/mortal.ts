import type { Thread, ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { Touch } from './touch.js'

const touch = new Touch('mortal')

/** It may die before it does anything: what it and others share is known only when that has been seen. */
export function mortal<S extends ThreadState>(thread: Thread<S>, birth: number, death: number): Thread<S> {
  const { begin, phases } = thread
  function* born(): Steps<string> {
    yield* touch.wait(birth, 1)
    return begin.at
  }
  return { ...thread, begin: { ...begin, at: 'born' }, phases: { ...phases, born }, diesAt: death }
}
