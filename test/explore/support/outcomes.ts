/** Small threads, and all that may come of them. */
import assert from 'node:assert/strict'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type Problem, type SearchOptions, search } from '../search/search.js'

interface State extends ThreadState {
  readonly log: number[]
}

/** A thread that does one thing after the other, and keeps the answers. */
export function thread(name: string, run: (log: number[]) => Steps<unknown>): Thread<State> {
  function* all({ log }: State): Steps<string> {
    yield* run(log)
    return DONE
  }
  return { name, begin: { at: 'all', log: [] }, phases: { all } }
}

/** All that may come of it: what each thread has read, how it ended, and the words. */
export function outcomes(
  threads: readonly Thread[],
  words: readonly number[],
  options?: SearchOptions,
): string[] {
  const found = new Set<string>()
  const problem: Problem = {
    memory: new Map(),
    threads,
    judge: (ends, read) => {
      const fates = ends.map(({ state, how }) => [how, (state as State).log])
      found.add(JSON.stringify([fates, words.map(read)]))
      return undefined
    },
  }
  assert.equal(search(problem, options).failure, undefined)
  return [...found].sort()
}
