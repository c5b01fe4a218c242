/** A worker of node:cluster: opens the ring whose handle it is sent, and produces as much as it is told. */
import cluster from 'node:cluster'
import { openProducer } from 'bpf-ringbuf'
import { type MappedRingHandle, openMappedRing } from 'bpf-ringbuf/mapped'

export interface Order {
  readonly handle: MappedRingHandle
  readonly records: number
}

process.once('message', ({ handle, records }: Order) => {
  using ring = openMappedRing(handle)
  using producer = openProducer(ring)
  const payload = new Uint32Array(2)
  for (let number = 0; number < records; number++) {
    payload.set([cluster.worker?.id ?? 0, number])
    const address = producer.reserveBlocking(8)
    producer.memory.u32.set(payload, address >>> 2)
    producer.submit(address)
  }
  process.disconnect()
})
// What is sent before somebody listens is lost.
process.send?.('ready')
