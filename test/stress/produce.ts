import { type EngineKind, openProducer } from 'bpf-ringbuf'
import { mayBlock } from '#dist/memory/may-block.js'
import { type AnyHandle, joinRing } from '../ring/support/rings.js'
import { fillRecord, type Planned, Stream } from './stream.js'

/** What the main thread hands to one producer. */
export interface ProducerData {
  readonly handle: AnyHandle
  readonly engine: EngineKind
  readonly producer: number
  readonly seed: number
  readonly records: number
}

/** What a producer did, counted by itself. */
export interface ProducerReport {
  readonly submitted: number
  readonly discarded: number
  readonly failures: number
}

/** Records that go out with one store. */
const TOGETHER = 5

/**
 * Sends the stream by every way there is: reserve and submit, output, batches, and two records at once
 * that are committed in the other order. What finds no room is tried again until it is in.
 */
export async function produce(data: ProducerData): Promise<ProducerReport> {
  const ring = joinRing(data.handle, { engine: data.engine })
  using producer = openProducer(ring)
  const stream = new Stream(data.seed, data.producer, ring.largestPayload)
  const planned: Planned = { length: 0, discard: false, content: 0 }
  const second: Planned = { length: 0, discard: false, content: 0 }
  const scratch = new Uint8Array(ring.largestPayload)
  const report = { submitted: 0, discarded: 0, failures: 0 }

  const room = async (length: number): Promise<unknown> =>
    mayBlock() ? producer.waitForRoom(length) : producer.waitForRoomAsync(length)
  const reserve = async (length: number): Promise<number> => {
    for (let attempt = 0; ; attempt++) {
      const address = attempt % 3 === 0 ? producer.tryReserve(length) : producer.reserve(length)
      if (address !== 0) return address
      report.failures++
      await room(length)
    }
  }
  const commit = (address: number, record: Planned): void => {
    fillRecord(producer.memory.u8, address, record, data.producer)
    const answer = record.discard ? producer.discard(address) : producer.submit(address)
    if (answer !== 0) throw new Error(`commit of a reserved record answered ${answer}`)
    if (record.discard) report.discarded++
    else report.submitted++
  }

  /** All at once where they fit in the ring together and none is discarded; else one after another. */
  const outputTogether = async (group: readonly Planned[]): Promise<void> => {
    const bytes = group.reduce((total, { length }) => total + length + 16, 0)
    if (bytes > ring.size / 2 || group.some(({ discard }) => discard)) {
      for (const record of group) commit(await reserve(record.length), record)
      return
    }
    const payloads = group.map((record) => {
      const payload = new Uint8Array(record.length)
      fillRecord(payload, 0, record, data.producer)
      return payload
    })
    while (producer.outputMany(payloads) !== 0) {
      report.failures += group.length
      await room(bytes)
    }
    report.submitted += group.length
  }

  for (let sent = 0; sent < data.records; sent++) {
    stream.next(planned)
    const way = planned.content & 15
    if (way === 0 && !planned.discard) {
      fillRecord(scratch, 0, planned, data.producer)
      while (producer.output(scratch.subarray(0, planned.length)) !== 0) {
        report.failures++
        await room(planned.length)
      }
      report.submitted++
    } else if (way === 1 && sent + 1 < data.records) {
      // Two at once, the later one first. The second may not find room while the first is held.
      const first = await reserve(planned.length)
      stream.next(second)
      sent++
      const address = producer.tryReserve(second.length)
      if (address === 0) report.failures++
      else commit(address, second)
      commit(first, planned)
      if (address === 0) commit(await reserve(second.length), second)
    } else if (way === 2 && sent + TOGETHER <= data.records) {
      const group = [planned, ...Array.from({ length: TOGETHER - 1 }, () => stream.next({ ...second }))]
      sent += TOGETHER - 1
      await outputTogether(group)
    } else {
      commit(await reserve(planned.length), planned)
    }
  }
  return report
}
