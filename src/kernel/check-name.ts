import { RingbufError } from '../abi/error.js'

/** The kernel keeps 16 bytes, the last of which is zero. */
const NAME_MOST = 15

/** Checks the name of a map or a program, by the kernel's rule. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkObjectName(name: string): void {
  if (typeof name === 'string' && /^[A-Za-z0-9_.]{0,15}$/.test(name)) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `name '${String(name)}' must be at most ${NAME_MOST} letters, digits, '_' or '.'`,
    { value: String(name), limit: NAME_MOST },
  )
}
