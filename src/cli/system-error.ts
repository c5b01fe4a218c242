import { getSystemErrorMap } from 'node:util'

/**
 * What the operating system had against a call: `permission denied (EACCES)`.
 *
 * @throws whatever it is given that did not come from the operating system: that is a mistake of ours.
 */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error) || !('syscall' in error) || !('errno' in error)) throw error
  const [code, meaning] = getSystemErrorMap().get(Number(error.errno)) ?? ['unknown', error.message]
  return `${meaning} (${code})`
}
