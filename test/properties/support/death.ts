/**
 * Threads that die between two instructions, without threads. What is done stops in front of an atomic operation, or
 * behind it, and is never gone on with; and what the ring says of who did it is made that of a thread that ended.
 */
import type { Ring } from 'bpf-ringbuf'
import {
  CONSUMER_OWNER,
  IDENTITY_NAMESPACE,
  IDENTITY_PROCESS,
  IDENTITY_START,
  IDENTITY_THREAD,
  IDENTITY_TOKEN,
  SLOT_BYTES,
  SLOT_IDENTITY,
  SLOT_OWNER,
  SLOTS_OFFSET,
} from '#dist/abi/region.js'
import { thisThread } from '#dist/memory/liveness.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { interleave } from '../../consumer/support-records/interleave.js'

export const CONSUMER_SLOT = 0

class Death extends Error {}

/**
 * Does it up to that moment: 0 is in front of the first atomic operation, 1 behind it, 2 in front of the second, and so
 * on. Answers whether it died.
 */
export function diesAt(moment: number, act: () => void): boolean {
  // Whatever is to be done in the end, the dead do not do it.
  const live = (now: number) => {
    if (now >= moment) throw new Death()
  }
  try {
    interleave(
      { at: (operation) => live(2 * operation), behind: (operation) => live(2 * operation + 1) },
      act,
    )
    return false
  } catch (error) {
    if (error instanceof Death) return true
    throw error
  }
}

/** Makes whoever has this slot a thread that has ended, by what /proc says: it began at another time. */
export function bury(ring: Ring<unknown>, slot: number): void {
  const { views, address } = attachmentOf(ring)
  const at = address + SLOTS_OFFSET + slot * SLOT_BYTES
  const owner = slot === CONSUMER_SLOT ? address + CONSUMER_OWNER : at + SLOT_OWNER
  const token = views.u32[owner >>> 2] as number
  if (token === 0) return
  const { process, thread, namespace, startLow } = thisThread()
  const words = [
    [IDENTITY_PROCESS, process],
    [IDENTITY_THREAD, thread],
    [IDENTITY_NAMESPACE, namespace],
    [IDENTITY_START, startLow - 1],
    [IDENTITY_TOKEN, token],
  ] as const
  for (const [word, value] of words) views.u32[(at + SLOT_IDENTITY + word) >>> 2] = value
}

/** Whether this machine tells who lives. */
export const NO_LIFE: string | false = thisThread().namespace === 0 && 'nothing tells here who lives'
