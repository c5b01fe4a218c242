// What a consumer gets: bytes of its own where they are its own, shared ones where they are not.
import { type Consumer, decodeText, openConsumer, type Ring, type WaitOutcome } from 'bpf-ringbuf'
import { isExactly } from './equal.js'

declare const ring: Ring

const consumer = openConsumer(ring, { takeOver: true })
isExactly<Consumer>()(consumer)
isExactly<Uint8Array<ArrayBuffer> | null>()(consumer.read())
isExactly<number>()(consumer.consume((record) => isExactly<Uint8Array<ArrayBuffer>>()(record)))
isExactly<number>()(
  consumer.consumeRaw(
    (memory, offset, length) => {
      isExactly<Uint8Array>()(memory)
      isExactly<number>()(offset)
      isExactly<number>()(length)
      isExactly<string>()(decodeText(memory, offset, length))
    },
    { max: 10, store: 'record' },
  ),
)
isExactly<WaitOutcome>()(consumer.wait({ timeoutMs: 5, strategy: 'park' }))
isExactly<Promise<WaitOutcome>>()(consumer.waitAsync())
isExactly<'ready' | 'woken' | 'timeout' | 'closed'>()(consumer.waitBusy({ timeoutMs: 1 }))
isExactly<boolean>()(consumer.ready)

export async function iterate(): Promise<void> {
  for await (const record of consumer) isExactly<Uint8Array<ArrayBuffer>>()(record)
}

export function dispose(): void {
  using scoped = openConsumer(ring)
  isExactly<Consumer>()(scoped)
}

// @ts-expect-error: the name of the option is `max`
consumer.consume(() => {}, { maximum: 10 })
// @ts-expect-error: after each record or each batch, nothing else
consumer.consume(() => {}, { store: 'never' })
// @ts-expect-error: a number of records
consumer.consume(() => {}, { max: '10' })
// @ts-expect-error: milliseconds are a number
consumer.wait({ timeoutMs: '5' })
// @ts-expect-error: busy waiting does nothing but look
consumer.waitBusy({ strategy: 'park' })
// @ts-expect-error: the name of the option is `takeOver`
openConsumer(ring, { takeover: true })
// @ts-expect-error: made by openConsumer
consumer.ring = ring
// @ts-expect-error: what is shown in place is no string
consumer.consumeRaw((memory: string) => memory)
