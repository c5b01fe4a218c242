import { POLLIN } from './constants.js'
import { must } from './failure.js'
import type { System } from './system.js'

/**
 * Whether a process still runs, by its pidfd, which names this process and no later one of the same number.
 * One that ended and was not waited for yet (a zombie) runs no more, though signals can be sent to it.
 *
 * @throws RingbufError ERR_SYSTEM if the descriptor is none
 */
export function isAlive(system: System, pidfd: number): boolean {
  const item = { fd: pidfd, events: POLLIN, found: 0 }
  must(system.poll([item], 0), 'poll', `pidfd ${pidfd}`)
  return (item.found & POLLIN) === 0
}
