/** Arguments that the kernel would misread, or take for another: NaN is 0 in its structures, text ends at a NUL. */
import { isWhole } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'

/** The kernel keeps 16 bytes, the last of which is zero. */
const NAME_MOST = 15
/** The longest path of Linux, with the zero at its end. */
const PATH_BYTES = 4096
const DESCRIPTOR_MOST = 0x7fff_ffff

/** Checks the name of a map or a program, by the kernel's rule. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkObjectName(name: string): void {
  if (typeof name === 'string' && /^[A-Za-z0-9_.]{0,15}$/.test(name)) return
  throw invalid(
    'name',
    `'${String(name)}'`,
    name,
    `at most ${NAME_MOST} letters, digits, '_' or '.'`,
    NAME_MOST,
  )
}

/** A descriptor of a file. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkDescriptor(what: string, value: unknown): void {
  if (isWhole(value, 0, DESCRIPTOR_MOST)) return
  throw invalid(what, String(value), value, 'a descriptor: a whole number below 2^31', DESCRIPTOR_MOST)
}

/** Something that is open here, like a map or a program. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkHolder(what: string, value: unknown): void {
  // Closed, it says so itself.
  if (typeof value === 'object' && value !== null && 'fd' in value) {
    checkDescriptor(`the descriptor of the ${what}`, value.fd)
    return
  }
  throw invalid(what, String(value), value, 'an object that has a descriptor, `fd`')
}

/** Text that the kernel reads up to a NUL. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkText(what: string, value: unknown, most: number, least = 0): void {
  if (typeof value === 'string' && !value.includes('\0')) {
    const { length } = new TextEncoder().encode(value)
    if (length >= least && length <= most) return
  }
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  throw invalid(what, shown, value, `text of ${least} to ${most} bytes without NUL`, most)
}

/** @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkPath(what: string, value: unknown): void {
  checkText(what, value, PATH_BYTES - 1, 1)
}

function invalid(what: string, shown: string, value: unknown, rule: string, limit?: number): RingbufError {
  return new RingbufError('ERR_INVALID_ARGUMENT', `${what} ${shown} must be ${rule}`, {
    value: String(value),
    ...(limit !== undefined && { limit }),
  })
}
