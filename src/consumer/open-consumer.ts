import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { BELL_PLACE, CONSUMER_OWNER, CONSUMER_POSITION } from '../abi/region.js'
import { returnBell } from '../memory/bells.js'
import { attachmentOf, type Ring } from '../ring/ring.js'
import { consumerToken, isConsumerGone, signConsumer } from '../ring/slot.js'
import { Consumer, type OpenConsumerOptions, type OwnedRecord } from './consumer.js'
import type { LostRecord } from './loss.js'

/**
 * Opens the reading end of a ring in this thread. It goes on where the last consumer stood. In a recoverable
 * ring one whose thread died is replaced at once, where the system can tell that it did.
 *
 * @throws RingbufError ERR_CONSUMER_TAKEN while another is open, in any thread; ERR_CORRUPTED,
 *   ERR_READ_ONLY, ERR_INVALID_ARGUMENT.
 */
export function openConsumer(
  ring: Ring<unknown>,
  options: OpenConsumerOptions & { readonly showLost: true },
): Consumer<OwnedRecord | LostRecord>
export function openConsumer(ring: Ring<unknown>, options?: OpenConsumerOptions): Consumer
export function openConsumer(ring: Ring<unknown>, options: OpenConsumerOptions = {}): Consumer {
  checkOptions('options', options)
  const attachment = attachmentOf(ring)
  const { views, address, engine, bells, recoverable } = attachment
  ring.mustAllow('consume')
  const owner = (address + CONSUMER_OWNER) >>> 2
  const before = Atomics.load(views.u32, owner)
  // Odd while there is one, and another each time, so that one which was taken from knows.
  const own = recoverable
    ? consumerToken(attachment, before)
    : ((before | 1) + (before % 2 === 0 ? 0 : 2)) >>> 0
  const isOwned = before % 2 !== 0 && !(recoverable && isConsumerGone(attachment, before))
  const isTaken = isOwned && !options.takeOver
  if (isTaken || Atomics.compareExchange(views.u32, owner, before, own) !== before) {
    throw new RingbufError('ERR_CONSUMER_TAKEN', `ring '${ring.name}' has a consumer already`)
  }
  const unsign = recoverable ? signConsumer(attachment, own) : undefined
  try {
    engine.finishPromise()
    const position = Atomics.load(views.i32, (address + CONSUMER_POSITION) >>> 2)
    const aligned = (position & 7) === 0
    // In this order: what is not aligned must not be completed.
    if (!aligned || !engine.finishRelease() || !(ring.overwrites || engine.refreshLimit(position))) {
      const found = (aligned ? engine.evidence() : position) >>> 0
      throw new RingbufError(
        'ERR_CORRUPTED',
        `ring '${ring.name}' is damaged: no consumer can begin at position ${position >>> 0}, found ${found}`,
        { reason: 'bad-position', position: position >>> 0, found },
      )
    }
    const consumer = new Consumer(ring, position, own, options)
    // One that died while it waited for many rings has left its bell.
    const bell = Atomics.exchange(views.i32, (address + BELL_PLACE) >>> 2, 0)
    if (bell !== 0 && bells) returnBell(bells, bell)
    return consumer
  } catch (error) {
    // As it was before, so that the one from whom it was taken has it again, and is judged when it ends.
    unsign?.()
    Atomics.compareExchange(views.u32, owner, own, before)
    throw error
  }
}
