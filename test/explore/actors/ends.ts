import type { End } from '../search/search.js'
import type { ConsumerState } from './consumer.js'
import type { ProducerState } from './producer.js'
import type { Register } from './records.js'

/** Who still sleeps when nothing can happen any more, `allowed` ones aside; undefined if nobody does. */
export function stillAsleep(ends: readonly End[], allowed: readonly string[] = []): string | undefined {
  const names = ends
    .filter(({ how, name }) => how === 'asleep' && !allowed.includes(name))
    .map(({ name }) => name)
  return names.length > 0 ? names.join(' and ') : undefined
}

/** The state in which a thread began its last turn. */
export function stateOf<S>(ends: readonly End[], name: string): S {
  const end = ends.find((end) => end.name === name)
  if (!end) throw new Error(`no thread is called ${name}`)
  return end.state as S
}

/** What was sent to a ring that was closed, and never came; undefined if all came. */
export function neverCame(ends: readonly End[], register: Register): string | undefined {
  const { next } = stateOf<ConsumerState>(ends, 'consumer')
  const producers = ends.filter(({ name }) => name.startsWith('producer '))
  return register.missing(
    next,
    producers.map(({ state }) => (state as ProducerState).sent),
  )
}
