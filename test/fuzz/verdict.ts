import { RingbufError, type RingbufErrorCode } from 'bpf-ringbuf'

/** What a user of a damaged ring may be told, because of the damage. */
const DOCUMENTED: ReadonlySet<RingbufErrorCode> = new Set([
  'ERR_CORRUPTED',
  'ERR_NOT_A_RING',
  'ERR_RING_VERSION',
  'ERR_RING_FLAGS',
  'ERR_RING_DAMAGED',
  'ERR_RING_CLOSED',
  'ERR_NOT_A_RECORD',
  'ERR_CONSUMER_TAKEN',
  'ERR_CONSUMER_CLOSED',
  'ERR_PRODUCER_GONE',
  'ERR_TOO_MANY_PRODUCERS',
  'ERR_LEASE_RELEASED',
  'ERR_LOCK_HELD',
] as const)

/** Answers the code; throws what is no documented answer to damage. */
export function mustBeDocumented(error: unknown): RingbufErrorCode {
  if (error instanceof RingbufError && DOCUMENTED.has(error.code)) return error.code
  throw error
}
