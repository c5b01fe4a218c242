import { RingbufError } from '../abi/error.js'
import { thisRuntime } from './runtime.js'

/**
 * Refuses memory that may only be read, where that ends the process: JavaScriptCore compiles Atomics.load to an
 * instruction that adds 0, which is a write (Bun 1.4.5; a SIGSEGV as soon as the code is hot).
 *
 * @throws RingbufError ERR_NOT_SUPPORTED
 */
export function mustReadWithoutWriting(what: string): void {
  const { kind, name } = thisRuntime()
  if (kind !== 'bun') return
  throw new RingbufError(
    'ERR_NOT_SUPPORTED',
    `${what}: ${name} writes where it reads atomically, and this memory may only be read`,
    { runtime: name },
  )
}
