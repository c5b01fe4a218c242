/** Loads that this package's rings are offered: one ring for all producers, or one for each with its share of the memory. */
import {
  attachRing,
  type Consumer,
  createRing,
  openConsumer,
  openProducer,
  type RawCallback,
  type Ring,
  type RingHandle,
} from '../../../../dist/index.js'
import { OFFERED_BYTES, type OfferedConsumer, type OfferedMeasurement } from '../../axes/offered.js'
import { RING_BYTES } from '../../cases.js'
import type { HandOffProducer } from '../../contestant.js'
import type { Build } from '../ours.js'
import type { Demand } from './loss.js'
import { pause } from './pause.js'

type Handles = readonly RingHandle[]

const DOUBLES = OFFERED_BYTES / Float64Array.BYTES_PER_ELEMENT

/** All producers in so many rings, each in the next one. */
export function offered(build: Build, demand: Demand, rings = 1): OfferedMeasurement<Handles> {
  const { producers } = demand.load
  return {
    kind: 'offered',
    ...demand,
    share() {
      const handles = Array.from(
        { length: rings },
        () => createRing({ size: RING_BYTES / rings, ...build }).handle,
      )
      return { producer: handles, consumer: handles }
    },
    producers(handles) {
      const attached = handles.map((handle) => attachRing(handle, { engine: build.engine }))
      return Array.from({ length: producers }, (_, index) => openSide(attached[index % rings] as Ring))
    },
    consumer(handles) {
      const consumers = handles.map((handle) => openConsumer(attachRing(handle, { engine: build.engine })))
      const drains = consumers.map(openDrain)
      const first = consumers[0] as Consumer
      return {
        drain(look, limit) {
          let taken = 0
          for (const drain of drains) taken += drain(look, limit)
          // Caught up: with one ring as in the hand-offs; several have no wait in common that never sleeps.
          if (taken < limit) {
            if (rings === 1) first.waitBusy({ timeoutMs: 0.1 })
            else pause()
          }
          return taken
        },
      }
    },
  }
}

function openSide(ring: Ring): HandOffProducer {
  const producer = openProducer(ring)
  const { f64 } = producer.memory
  let source: Float64Array | undefined
  return {
    push(payload) {
      const address = producer.reserve(OFFERED_BYTES)
      if (address === 0) return false
      source ??= new Float64Array(payload.buffer, payload.byteOffset, DOUBLES)
      const at = address >>> 3
      for (let i = 0; i < DOUBLES; i++) f64[at + i] = source[i] as number
      producer.submit(address)
      return true
    },
  }
}

function openDrain(consumer: Consumer): OfferedConsumer['drain'] {
  const { i32 } = consumer.memory
  let show: Parameters<OfferedConsumer['drain']>[0]
  const look: RawCallback = (_memory, offset, length) => {
    if (length !== OFFERED_BYTES) throw new Error(`a record of ${length} bytes came out`)
    show(i32, offset >>> 2)
  }
  return (to, limit) => {
    show = to
    return consumer.consumeRaw(look, { max: limit })
  }
}
