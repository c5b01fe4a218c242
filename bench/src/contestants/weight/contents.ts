/** What flows while memory is watched: records of 64 bytes that carry their number as a double. */
import { openConsumer, openProducer, type Ring } from '../../../../dist/index.js'
import type { ContentMeasurement } from '../../payloads/measurement.js'
import { type OpenRead, readCopies, readRaw } from '../payloads/ring.js'

const BYTES = 64

/** How a ring is made here, and opened in another thread. */
interface Sharing<Handle> {
  share(): Ring<Handle>
  attach(handle: Handle): Ring<unknown>
}

function over<Handle>({ share, attach }: Sharing<Handle>, openRead: OpenRead): ContentMeasurement<Handle> {
  // Whoever maps a ring must keep it as long as others are to open it.
  let made: Ring<Handle> | undefined
  return {
    kind: 'content',
    share() {
      made = share()
      return { producer: made.handle, consumer: made.handle }
    },
    producer(handle) {
      const producer = openProducer(attach(handle))
      const payload = new Float64Array(BYTES / Float64Array.BYTES_PER_ELEMENT)
      const bytes = new Uint8Array(payload.buffer)
      return {
        push(sequence) {
          payload[0] = sequence
          return producer.output(bytes) === 0
        },
      }
    },
    consumer: (handle) => openRead(openConsumer(made ?? attach(handle))),
  }
}

function mustBe(length: number): void {
  if (length !== BYTES) throw new Error(`a record of ${length} bytes came out`)
}

export function bytesOver<Handle>(sharing: Sharing<Handle>): ContentMeasurement<Handle> {
  const read = readRaw(({ memory: { f64 } }) => (_memory, offset, length) => {
    mustBe(length)
    return f64[offset >>> 3] as number
  })
  return over(sharing, read)
}

export function copiesOver<Handle>(sharing: Sharing<Handle>): ContentMeasurement<Handle> {
  const read = readCopies(() => (record) => {
    mustBe(record.length)
    return new Float64Array(record.buffer)[0] as number
  })
  return over(sharing, read)
}
