import { ROOM_SEQUENCE } from '../abi/region.js'
import { nowMs } from '../memory/clock.js'
import type { TimeLimit } from '../memory/deadline.js'
import { deadlineOf } from '../memory/deadline.js'
import { assertMayBlock } from '../memory/may-block.js'
import { sleepAsync } from '../memory/sleep.js'
import type { Attachment } from './attachment.js'
import { longConsumerPosition, longOverwritePosition } from './long-positions.js'

/**
 * Waits until the consumer has consumed everything that was committed when the call began: with or
 * without a wake-up, up to the first record that was busy. Answers whether it has in time.
 */
export function flush(attachment: Attachment, limit: TimeLimit): boolean {
  assertMayBlock('flushAsync')
  const deadline = deadlineOf(limit)
  const target = targetOf(attachment)
  for (;;) {
    const sequence = attachment.engine.roomSequence() | 0
    if (!mustWait(attachment, target)) return true
    const remaining = deadline - nowMs()
    if (!(remaining > 0)) return false
    attachment.memory.bed(roomWord(attachment), sequence).block(remaining)
  }
}

/** The same, on any thread and without blocking it. */
export async function flushAsync(attachment: Attachment, limit: TimeLimit): Promise<boolean> {
  const deadline = deadlineOf(limit)
  const target = targetOf(attachment)
  for (;;) {
    const sequence = attachment.engine.roomSequence() | 0
    if (!mustWait(attachment, target)) return true
    const remaining = deadline - nowMs()
    if (!(remaining > 0)) return false
    await sleepAsync(attachment.memory.bed(roomWord(attachment), sequence), remaining)
  }
}

/** Position behind what is committed now. In overwrite mode it does not wrap: the consumer may be laps behind. */
function targetOf(attachment: Attachment): number {
  const end = attachment.engine.committedEnd()
  if (!attachment.overwrites) return end
  const oldest = longOverwritePosition(attachment)
  return oldest + ((end - oldest) | 0)
}

/** The consumer tells whoever waits for room that it came further; that is what is needed here. */
function mustWait(attachment: Attachment, target: number): boolean {
  const { engine, overwrites } = attachment
  const isBehind = engine.awaitConsumer(target | 0)
  if (!(overwrites ? longConsumerPosition(attachment) < target : isBehind)) return false
  // It may sleep although there is something: NO_WAKEUP, or a watermark.
  engine.wakeSleeper()
  return true
}

function roomWord({ address }: Attachment): number {
  return (address + ROOM_SEQUENCE) >>> 2
}
