/** This package with other ways to write: copied by WebAssembly, 16 at a time, and with a ring for each producer. */
import { attachRing, createRing, openConsumer, type RingHandle } from '../../../../dist/index.js'
import { sweepCases } from '../../axes/charts.js'
import { RING_BYTES } from '../../cases.js'
import type { Contestant, HandOffMeasurement, PollingConsumer } from '../../contestant.js'
import type { SequenceCheck } from '../../sequence.js'
import { type Build, handOff, pushSingly } from '../ours.js'
import { sharedLossCases } from './loss.js'
import { offered } from './ours-offered.js'
import { pause } from './pause.js'

const BUILD: Build = { engine: 'wasm', reservations: 'claim' }

/** The memory of one ring of 1 MiB at most, and as much for each. */
function share(producers: number): number {
  return 2 ** Math.floor(Math.log2(RING_BYTES / producers))
}

function sharded(producers: number, bytes: number): HandOffMeasurement<readonly RingHandle[]> {
  return {
    kind: 'hand-off',
    producers,
    bytes,
    share() {
      const size = share(producers)
      const handles = Array.from({ length: producers }, () => createRing({ size, ...BUILD }).handle)
      return { producer: handles, consumer: handles }
    },
    producer: (handles, index) => pushSingly(attachRing(handles[index] as RingHandle), bytes),
    consumer: (handles) => drainAll(handles, bytes),
  }
}

/** Visits one ring after the other. */
function drainAll(handles: readonly RingHandle[], bytes: number): PollingConsumer {
  let check: SequenceCheck
  const consumers = handles.map((handle) => {
    const consumer = openConsumer(attachRing(handle))
    const { i32 } = consumer.memory
    const look = (_memory: Uint8Array, offset: number, length: number) => {
      if (length !== bytes) throw new Error(`a record of ${length} bytes came out`)
      check.take(i32[offset >>> 2] as number)
    }
    return { consumer, look }
  })
  return {
    drain(to, limit) {
      check = to
      const options = { max: limit }
      let taken = 0
      for (const { consumer, look } of consumers) taken += consumer.consumeRaw(look, options)
      if (taken < limit) pause()
      return taken
    },
  }
}

const contestant = (name: string, about: string, cases: Contestant['cases']): Contestant => ({
  name,
  about,
  absent: () => null,
  cases,
})

export const contestants: readonly Contestant[] = [
  contestant(
    'ours-wasm-output',
    'this package, WebAssembly build; payloads lie in its memory, outputFrom copies them',
    sweepCases((shape) => handOff(BUILD, { ...shape, way: 'output' }), ['size']),
  ),
  contestant(
    'ours-wasm-batch',
    'the same, filled by the thread, 16 records published with one call',
    sweepCases((shape) => handOff(BUILD, { ...shape, way: 'batch' }), ['size']),
  ),
  contestant(
    'ours-wasm-sharded',
    'a ring for each producer, which share 1 MiB; the consumer visits one after the other',
    {
      ...sweepCases(({ producers, bytes }) => sharded(producers, bytes), ['producers']),
      ...sharedLossCases((demand) => offered(BUILD, demand, demand.load.producers)),
    },
  ),
]
