import { EBADF } from '../abi/errno.js'
import { POLLIN } from './constants.js'
import { must } from './failure.js'
import type { System } from './system.js'

/**
 * Whether a process still runs, by its pidfd, which names this process and no later one of the same number.
 * One that ended and was not waited for yet (a zombie) runs no more, though signals can be sent to it.
 *
 * @throws RingbufError ERR_SYSTEM if it is no pidfd
 */
export function isAlive(system: System, pidfd: number): boolean {
  // Other descriptors can be polled too, and would say anything. Other users' processes refuse the signal.
  if (system.pidfdSendSignal(pidfd, 0) === -EBADF) must(-EBADF, 'pidfd_send_signal', `pidfd ${pidfd}`)
  const item = { fd: pidfd, events: POLLIN, found: 0 }
  must(system.poll([item], 0), 'poll', `pidfd ${pidfd}`)
  return (item.found & POLLIN) === 0
}
