/** Records as a stream of the Web: for browsers, and every runtime that has ReadableStream. */
import { type Consumer, partsOf } from '../consumer/consumer.js'
import { checkStream } from './check-stream.js'

export interface WebStreamOptions {
  /**
   * How many records are consumed ahead of the reader. Default: 0, so that cancelling the stream loses
   * none: what was not read stays in the ring.
   */
  readonly highWaterMark?: number
}

/**
 * The records of a consumer as a ReadableStream, with back-pressure: a reader that is slow leaves them in
 * the ring. It ends when the ring is closed and empty. Cancelling it leaves the consumer open.
 */
export function toWebStream<R>(consumer: Consumer<R>, options: WebStreamOptions = {}): ReadableStream<R> {
  checkStream(consumer, options)
  const { highWaterMark = 0 } = options
  const cancelled = new AbortController()
  const { breathe, finished } = partsOf(consumer)
  return new ReadableStream<R>(
    {
      async pull(controller) {
        for (;;) {
          // What is read now would be lost.
          if (cancelled.signal.aborted) return
          const record = consumer.read()
          if (record !== null) {
            controller.enqueue(record)
            return breathe()
          }
          if (finished()) return controller.close()
          await consumer.waitAsync({ signal: cancelled.signal })
        }
      },
      cancel: (reason) => cancelled.abort(reason),
    },
    { highWaterMark },
  )
}
