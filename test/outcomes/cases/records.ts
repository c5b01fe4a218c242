/** What several races do with records. */
import { openConsumer } from 'bpf-ringbuf'
import type { Hand } from '../race.js'

/** Sends a record that is one digit. */
export function number(producer: Hand['producer'], digit: number): number {
  const address = producer.reserve(4)
  producer.memory.u32[address >>> 2] = digit
  return producer.submit(address)
}

/** The records that are there, as their digits. 0: none. */
export function taken(consumer: Hand['consumer']): number {
  let digits = 0
  consumer.consumeRaw((memory, offset) => {
    digits = 10 * digits + (memory[offset] as number)
  })
  return digits
}

/** What the actor that consumes leaves. */
export function left({ ring }: Hand): number {
  using consumer = openConsumer(ring, { takeOver: true })
  return taken(consumer)
}
