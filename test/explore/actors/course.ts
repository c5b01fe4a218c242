import { SLOT_BYTES, SLOT_OWNER, SLOTS_OFFSET } from '#dist/abi/region.js'
import type { View } from '#dist/ring/algorithm/index.js'
import { DONE, type Thread, type ThreadState } from '../machine/behaviour.js'
import type { Steps } from '../machine/step.js'
import { type ConsumerState, consumer } from './consumer.js'
import { writePayload } from './producer.js'
import { type Register, recordName } from './records.js'
import { PAYLOAD_BYTES, type Stage } from './stage.js'
import { Touch } from './touch.js'

export interface CourseState extends ThreadState {
  readonly rescuer: View
  readonly producer: View
  readonly reader: ConsumerState
  sent: number
}

const touch = new Touch('course')

/**
 * The course of things, as one thread: the first producer is declared gone, what it held is consumed, and its memory is
 * used again by the second, for as many records. All orders with the first producer are few then.
 */
export function course(stage: Stage, ring: number, register: Register, records: number): Thread<CourseState> {
  const { algorithm } = stage
  const { begin: reader, phases } = consumer(stage, ring, register)

  function* declare({ rescuer }: CourseState): Steps<string> {
    if (!(yield* algorithm.lock(rescuer, 1))) throw new Error('nobody holds the lock')
    const owner = yield* touch.atomicLoad(rescuer.ring + SLOTS_OFFSET + SLOT_BYTES + SLOT_OWNER)
    yield* algorithm.recoverSlot(rescuer, 1, owner, false)
    yield* algorithm.endRecovery(rescuer)
    return 'consume'
  }

  function* consume(state: CourseState): Steps<string> {
    const { reader } = state
    reader.at = 'look'
    while (reader.at !== 'doze' && reader.at !== DONE) {
      const phase = phases[reader.at]
      if (!phase) throw new Error(`a consumer has no phase ${reader.at}`)
      reader.at = yield* phase(reader)
    }
    if (state.sent < records) return 'send'
    if (reader.next[1] !== records) throw new Error(`of ${records} records came ${reader.next[1]}`)
    return DONE
  }

  function* send(state: CourseState): Steps<string> {
    const { producer, sent } = state
    const address = yield* algorithm.reserve(producer, PAYLOAD_BYTES, 0, 1)
    if (address === 0) throw new Error(`there is no room, reason ${producer.reason}`)
    yield* writePayload(address, recordName(1, sent))
    const answer = yield* algorithm.commit(producer, address, 0, 0)
    if (answer !== 0) throw new Error(`commit of a reserved record answered ${answer}`)
    state.sent++
    return 'consume'
  }

  const begin = {
    at: 'declare',
    rescuer: stage.producerView(ring, 2),
    producer: stage.producerView(ring, 1),
    reader,
    sent: 0,
  }
  return { name: 'course', begin, phases: { declare, consume, send } }
}
