/** What a sender is told: the one argument of its process, or of its thread, as JSON. */
import { firstSequence } from '../sequence.js'

/**
 * How records are sent: filled in place in a mapped ring; copied into one by `output`; written to a Unix socket, or to
 * standard output, which is a pipe; as messages between parent and child, in either of Node's serializations.
 */
export type SenderKind = 'reserve' | 'output' | 'socket' | 'pipe' | 'ipc-json' | 'ipc-advanced'

export interface SenderTask {
  readonly kind: SenderKind
  /** Where to: a path, or a ring's descriptor or handle. */
  readonly place?: unknown
  readonly bytes: number
  /** Records that go with one call. */
  readonly batch: number
  /** Which sender this is, and of how many. */
  readonly sender: number
  readonly senders: number
}

/** What all senders of a measurement have in common. */
export type Load = Pick<SenderTask, 'bytes' | 'batch' | 'senders'>

export function firstOf({ sender }: SenderTask): number {
  return firstSequence(sender)
}
