import { errnoName } from '../abi/errno-names.js'
import { RingbufError } from '../abi/error.js'

/**
 * The answer of a call, if it is none of failure.
 *
 * @param call as messages name it: `mmap`, `bpf(BPF_MAP_CREATE)`
 * @param object what it was about: `ringbuf 'events'`
 * @param hint what to look at, by the error's name: `{ EPERM: 'needs CAP_BPF' }`
 * @throws RingbufError ERR_SYSTEM, with `detail` syscall, object, errno (its name) and number
 */
export function must(
  answer: number,
  call: string,
  object: string,
  hint: Readonly<Record<string, string>> = {},
): number {
  if (answer >= 0) return answer
  throw failure(answer, call, object, hint)
}

/** The error behind an answer of failure. */
export function failure(
  answer: number,
  call: string,
  object: string,
  hint: Readonly<Record<string, string>>,
): RingbufError {
  const errno = errnoName(-answer)
  const advice = hint[errno]
  return new RingbufError('ERR_SYSTEM', `${call} ${object}: ${errno}${advice ? `, ${advice}` : ''}`, {
    syscall: call,
    object,
    errno,
    number: -answer,
  })
}
