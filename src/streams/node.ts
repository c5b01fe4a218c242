/** Records as a stream of Node. */
import { Readable } from 'node:stream'
import { type Consumer, partsOf } from '../consumer/consumer.js'
import { checkStream } from './check-stream.js'

export interface NodeStreamOptions {
  /**
   * How many records are consumed ahead of whoever reads the stream. Destroying the stream loses them, so
   * the default is 1, not the 16 of other streams.
   */
  readonly highWaterMark?: number
}

/**
 * The records of a consumer as a Readable in object mode, with back-pressure: a reader that is slow leaves
 * them in the ring. It ends when the ring is closed and empty. Destroying it leaves the consumer open.
 */
export function toReadable<R>(consumer: Consumer<R>, options: NodeStreamOptions = {}): Readable {
  checkStream(consumer, options)
  const { highWaterMark = 1 } = options
  const destroyed = new AbortController()
  const { breathe, finished } = partsOf(consumer)
  // Once a record was pushed, the stream asks for the next by itself.
  const push = async (stream: Readable): Promise<void> => {
    for (;;) {
      await breathe()
      if (stream.destroyed) return
      const record = consumer.read()
      if (record !== null) {
        stream.push(record)
        return
      } else if (finished()) {
        stream.push(null)
        return
      } else {
        await consumer.waitAsync({ signal: destroyed.signal })
      }
    }
  }
  return new Readable({
    objectMode: true,
    highWaterMark,
    read() {
      push(this).catch((error) => this.destroy(error))
    },
    destroy(error, done) {
      destroyed.abort()
      done(error)
    },
  })
}
