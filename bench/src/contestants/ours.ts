/**
 * bpf-ringbuf itself, at its raw level: addresses in, addresses out, payloads written and read in place.
 *
 * All contestants of this file do the same; they differ in the build of the algorithm and in the order of
 * reservations. They import the package's dist folder, which `npm run bench` builds first.
 */
import {
  attachRing,
  createRing,
  type EngineKind,
  openConsumer,
  openProducer,
  type RawCallback,
  type ReservationOrder,
  type Ring,
  type RingHandle,
} from '../../../dist/index.js'
import { BATCH_RECORDS, HAND_OFF_BYTES, HAND_OFF_PRODUCERS, RING_BYTES } from '../cases.js'
import type {
  Contestant,
  FillDrainMeasurement,
  FillDrainRing,
  HandOffMeasurement,
  HandOffProducer,
  MemoryMeasurement,
} from '../contestant.js'
import type { SequenceCheck } from '../sequence.js'

interface Build {
  readonly engine: EngineKind
  readonly reservations: ReservationOrder
}

// Of this file, since V8 reads what is imported anew each time, and these loops are about nanoseconds.
const BATCH = BATCH_RECORDS
const BYTES = HAND_OFF_BYTES
const DOUBLES = BYTES / Float64Array.BYTES_PER_ELEMENT
const FILL_BYTES = 8
/** Nearly all that 1 MiB holds, in whole batches. */
const RECORDS_PER_FILL = Math.floor(65_500 / BATCH) * BATCH

function create(build: Build): Ring {
  return createRing({ size: RING_BYTES, ...build })
}

function mustBe(length: number, expected: number): void {
  if (length !== expected) throw new Error(`a record of ${length} bytes came out`)
}

/* One thread: the sequence number is the payload, as a double. */

type OpenFill = (ring: Ring) => FillDrainRing['fill']

const fillSingly: OpenFill = (ring) => {
  const producer = openProducer(ring)
  const { f64 } = producer.memory
  return (first) => {
    for (let sequence = first; sequence < first + RECORDS_PER_FILL; sequence++) {
      const address = producer.reserve(FILL_BYTES)
      if (address === 0) throw new Error('the ring was full before it was filled')
      f64[address >>> 3] = sequence
      producer.submit(address)
    }
    return RECORDS_PER_FILL
  }
}

const fillInBatches: OpenFill = (ring) => {
  const producer = openProducer(ring)
  const { f64 } = producer.memory
  return (first) => {
    for (let sequence = first; sequence < first + RECORDS_PER_FILL; ) {
      const batch = producer.reserveBatch(BATCH, FILL_BYTES)
      if (batch === 0) throw new Error('the ring was full before it was filled')
      for (let index = 0; index < BATCH; index++) {
        f64[producer.batchAddress(batch, index, FILL_BYTES) >>> 3] = sequence++
      }
      producer.submitBatch(batch, BATCH, FILL_BYTES)
    }
    return RECORDS_PER_FILL
  }
}

function openDrain(ring: Ring): FillDrainRing['drain'] {
  const consumer = openConsumer(ring)
  const { f64 } = consumer.memory
  let check: SequenceCheck
  const look: RawCallback = (_memory, offset, length) => {
    mustBe(length, FILL_BYTES)
    check.take(f64[offset >>> 3] as number)
  }
  return (to) => {
    check = to
    consumer.consumeRaw(look)
  }
}

function fillDrain(build: Build, openFill: OpenFill): FillDrainMeasurement {
  return {
    kind: 'fill-drain',
    open() {
      const ring = create(build)
      return { fill: openFill(ring), drain: openDrain(ring) }
    },
  }
}

/* Two threads: the payload is the harness's, and copied by eight bytes at a time. */

type OpenPush = (ring: Ring) => HandOffProducer

/** The harness always hands in the same buffer: a view of it is made once. */
function doublesOf(payload: Uint8Array): Float64Array {
  return new Float64Array(payload.buffer, payload.byteOffset, DOUBLES)
}

const pushSingly: OpenPush = (ring) => {
  const producer = openProducer(ring)
  const { f64 } = producer.memory
  let source: Float64Array | undefined
  return {
    push(payload) {
      const address = producer.reserve(BYTES)
      if (address === 0) return false
      source ??= doublesOf(payload)
      const at = address >>> 3
      for (let i = 0; i < DOUBLES; i++) f64[at + i] = source[i] as number
      producer.submit(address)
      return true
    },
  }
}

const pushInBatches: OpenPush = (ring) => {
  const producer = openProducer(ring)
  const { f64 } = producer.memory
  let source: Float64Array | undefined
  let batch = 0
  let filled = 0
  return {
    push(payload) {
      if (filled === 0) {
        batch = producer.reserveBatch(BATCH, BYTES)
        if (batch === 0) return false
      }
      source ??= doublesOf(payload)
      const at = producer.batchAddress(batch, filled, BYTES) >>> 3
      for (let i = 0; i < DOUBLES; i++) f64[at + i] = source[i] as number
      if (++filled === BATCH) {
        producer.submitBatch(batch, BATCH, BYTES)
        filled = 0
      }
      return true
    },
    end() {
      if (filled !== 0) throw new Error(`the last batch has only ${filled} records`)
    },
  }
}

function handOff(build: Build, openPush: OpenPush, producers = 1): HandOffMeasurement<RingHandle> {
  return {
    kind: 'hand-off',
    producers,
    share() {
      const { handle } = create(build)
      return { producer: handle, consumer: handle }
    },
    producer: (handle) => openPush(attachRing(handle, { engine: build.engine })),
    consumer(handle) {
      const consumer = openConsumer(attachRing(handle, { engine: build.engine }))
      const { i32 } = consumer.memory
      let check: SequenceCheck
      const look: RawCallback = (_memory, offset, length) => {
        mustBe(length, BYTES)
        check.take(i32[offset >>> 2] as number)
      }
      return {
        drain(to, limit) {
          check = to
          const taken = consumer.consumeRaw(look, { max: limit })
          // Caught up: looks every 2 us until there is something, or for 0.1 ms, so that the harness sees its clock.
          if (taken < limit) consumer.waitBusy({ timeoutMs: 0.1 })
          return taken
        },
      }
    },
  }
}

function idle(build: Build): MemoryMeasurement {
  return {
    kind: 'memory',
    open() {
      const ring = create(build)
      return { allocatedBytes: ring.memoryBytes, keeps: ring }
    },
  }
}

function contestant(name: string, about: string, build: Build): Contestant {
  return {
    name,
    about,
    absent: () => null,
    cases: {
      'reserve-submit-8B': fillDrain(build, fillSingly),
      'batch-16-8B': fillDrain(build, fillInBatches),
      'throughput-1p1c-64B': handOff(build, pushSingly),
      'throughput-1p1c-64B-batch': handOff(build, pushInBatches),
      'throughput-4p1c-64B': handOff(build, pushSingly, HAND_OFF_PRODUCERS),
      'idle-memory-1MiB': idle(build),
    },
  }
}

export const contestants: readonly Contestant[] = [
  contestant(
    'ours-wasm',
    'this package, WebAssembly build; the consumer waits 2 us whenever it has caught up',
    {
      engine: 'wasm',
      reservations: 'claim',
    },
  ),
  contestant('ours-js', 'the same, JavaScript build', { engine: 'js', reservations: 'claim' }),
  contestant('ours-wasm-lock', "WebAssembly build, reservations under the kernel's lock", {
    engine: 'wasm',
    reservations: 'lock',
  }),
]
