// Making and attaching: what is inferred, and what is a mistake before it runs.
import {
  attachRing,
  type CreateRingOptions,
  createRing,
  EAGAIN,
  ERRORS,
  identityHolds,
  parseRingSize,
  Ring,
  RingbufError,
  type RingbufErrorCode,
  type RingCounters,
  type RingHandle,
  type SharedMemory,
} from 'bpf-ringbuf'
import { isExactly } from './equal.js'

const ring = createRing({ size: '16 MiB', name: 'events', flags: 0, reservations: 'lock', engine: 'js' })
isExactly<Ring>()(ring)
isExactly<RingHandle>()(ring.handle)
isExactly<SharedMemory>()(ring.handle.memory)
isExactly<'claim' | 'lock'>()(ring.reservations)
isExactly<'wasm' | 'js'>()(ring.engine)
isExactly<RingCounters>()(ring.counters())
isExactly<boolean>()(identityHolds(ring.counters()))
isExactly<number>()(ring.query(0))
isExactly<Ring>()(attachRing(ring.handle, { engine: 'auto' }))
isExactly<number>()(parseRingSize(4096))
export const again: 11 = EAGAIN
isExactly<RingbufErrorCode>()(new RingbufError('ERR_RING_SIZE', 'why').code)
isExactly<string>()(ERRORS.ERR_RING_SIZE.meaning as string)

const options: CreateRingOptions = { size: 4096 }
createRing(options)

export function dispose(): void {
  using scoped = createRing({ size: 4096 })
  isExactly<Ring>()(scoped)
}

// @ts-expect-error: a ring has a size
createRing({})
// @ts-expect-error: the option is called reservations
createRing({ size: 4096, order: 'lock' })
// @ts-expect-error: claim or lock
createRing({ size: 4096, reservations: 'mutex' })
// @ts-expect-error: auto, wasm or js
createRing({ size: 4096, engine: 'native' })
// @ts-expect-error: a name is text
createRing({ size: 4096, name: 5 })
// @ts-expect-error: an optional name is a name or absent
createRing({ size: 4096, name: undefined })
// @ts-expect-error: what is attached is a handle, not a ring
attachRing(ring)
// @ts-expect-error: memory alone does not say where the ring lies
attachRing({ type: 'bpf-ringbuf', memory: new SharedArrayBuffer(65536) })
// @ts-expect-error: private memory is no memory for a ring
attachRing({ type: 'bpf-ringbuf', memory: new ArrayBuffer(65536), address: 0 })
// @ts-expect-error: a ring does not change its size
ring.size = 8192
// @ts-expect-error: counters are read
ring.counters().dropped = 0
// @ts-expect-error: codes are those of the table
new RingbufError('ERR_SOMETHING', 'why')
// @ts-expect-error: no code is missing from this list
export const codes: Record<RingbufErrorCode, true> = { ERR_RING_SIZE: true }

export function handle(error: unknown): RingbufErrorCode | undefined {
  if (!(error instanceof RingbufError)) return undefined
  // @ts-expect-error: no such code
  if (error.code === 'ERR_UNKNOWN') return undefined
  return error.code
}
