// Types as a user meets them: no types of Node, none of a browser, library files checked too. Nothing
// here runs; `npm run check:types` compiles it.
import {
  attachRing,
  BPF_RB_NO_WAKEUP,
  type Consumer,
  createRing,
  identityHolds,
  openConsumer,
  openProducer,
  type Producer,
  type ReasonName,
  type Ring,
  RingbufError,
  type RingbufErrorCode,
  type RingHandle,
  type WaitOutcome,
} from 'bpf-ringbuf'

/** Fails to compile unless both types are the same. */
function same<A, B>(
  ..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

const ring = createRing({ size: '1 MiB', name: 'events', reservations: 'lock', engine: 'js' })
same<typeof ring, Ring>()
same<typeof ring.handle, RingHandle>()
createRing({ size: 4096 })
// @ts-expect-error a ring has a size
createRing({})
// @ts-expect-error no such order
createRing({ size: 4096, reservations: 'none' })
// @ts-expect-error no such build
attachRing(ring.handle, { engine: 'native' })
// @ts-expect-error a handle, not the ring itself
attachRing(ring)
// @ts-expect-error a size is not bytes
createRing({ size: new Uint8Array(4096) })

const producer = openProducer(ring)
same<typeof producer, Producer>()
const address: number = producer.reserve(8)
producer.submit(address, BPF_RB_NO_WAKEUP)
same<typeof producer.reason, ReasonName>()
if (producer.reason === 'full') producer.waitForRoom(8)
// @ts-expect-error no such reason
if (producer.reason === 'empty') producer.waitForRoom(8)
// @ts-expect-error text has a call of its own
producer.output('text')
producer.outputText('text')
producer.outputMany([new Uint8Array(1)])

{
  using record = producer.record(8)
  // @ts-expect-error there may be no room
  record.submit()
  if (record) {
    // What lies in the ring is shared memory, and says so.
    same<typeof record.bytes, Uint8Array<SharedArrayBuffer>>()
    record.float64[0] = 1
  }
}

const consumer = openConsumer(ring)
same<typeof consumer, Consumer>()
consumer.consume((record) => {
  // An owned copy is not shared, so it may go where shared memory may not.
  same<typeof record, Uint8Array<ArrayBuffer>>()
})
consumer.consumeRaw((memory, offset, length) => {
  same<typeof memory, Uint8Array<SharedArrayBuffer>>()
  same<typeof offset, number>()
  same<typeof length, number>()
  // @ts-expect-error shared memory does not pass for an owned copy
  const owned: Uint8Array<ArrayBuffer> = memory
  void owned
})
// @ts-expect-error no such way to store the position
consumer.consumeRaw(() => {}, { store: 'never' })
same<ReturnType<typeof consumer.wait>, WaitOutcome>()
same<Awaited<ReturnType<typeof consumer.waitAsync>>, WaitOutcome>()
same<ReturnType<typeof consumer.read>, Uint8Array<ArrayBuffer> | null>()

export async function iterate(): Promise<void> {
  for await (const record of consumer) same<typeof record, Uint8Array<ArrayBuffer>>()
}

const counters = ring.counters()
same<typeof counters.attempted, number>()
const holds: boolean = identityHolds(counters)
void holds
// @ts-expect-error counters are read, not written
counters.attempted = 0

export function handle(error: unknown): RingbufErrorCode | undefined {
  if (!(error instanceof RingbufError)) return undefined
  // @ts-expect-error no such code
  if (error.code === 'ERR_UNKNOWN') return undefined
  return error.code
}
