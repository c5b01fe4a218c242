import { checkNumber, checkOptions } from '../abi/check.js'
import { checkConsumer } from '../consumer/consumer.js'

/** What both streams are made from. @throws RingbufError ERR_INVALID_ARGUMENT */
export function checkStream(consumer: unknown, options: { readonly highWaterMark?: number }): void {
  checkConsumer(consumer)
  checkOptions('options', options)
  if (options.highWaterMark !== undefined) checkNumber('highWaterMark', options.highWaterMark)
}
