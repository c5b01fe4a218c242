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
  type MemoryViews,
  openConsumer,
  openProducer,
  type RawCallback,
  type ReservationOrder,
  type Ring,
  type RingHandle,
  ringMemoryBytes,
} from '../../../dist/index.js'
import { allocateSharedMemory } from '../../../dist/memory/shared-memory.js'
import { type SweepShape, sweepCases } from '../axes/charts.js'
import { RING_BYTES } from '../cases.js'
import type {
  Contestant,
  FillDrainMeasurement,
  FillDrainRing,
  HandOffMeasurement,
  HandOffProducer,
  MemoryMeasurement,
} from '../contestant.js'
import { BATCH_RECORDS, type HandOffWay, handOffCases } from '../core/cases.js'
import type { SequenceCheck } from '../sequence.js'
import { type Demand, lossCases, sharedLossCases } from './axes/loss.js'
import { offered } from './axes/ours-offered.js'

export interface Build {
  readonly engine: EngineKind
  readonly reservations: ReservationOrder
}

// Of this file, since V8 reads what is imported anew each time, and these loops are about nanoseconds.
const BATCH = BATCH_RECORDS
const FILL_BYTES = 8
/** Nearly all that 1 MiB holds, in whole batches. */
const RECORDS_PER_FILL = Math.floor(65_500 / BATCH) * BATCH

/** With so many bytes behind it in the same memory. */
function create(build: Build, size = RING_BYTES, bytesBehind = 0): Ring {
  if (bytesBehind === 0) return createRing({ size, ...build })
  const memory = allocateSharedMemory(ringMemoryBytes(size) + bytesBehind)
  return createRing({ size, ...build, memory })
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

/* Several threads: the payload is the harness's, and copied in the way that is fastest for its size. */

type OpenPush = (ring: Ring, bytes: number) => HandOffProducer

/** Copies so many bytes, a multiple of 8, from the harness's buffer, which is always the same, to an address. */
type Copy = (payload: Uint8Array, address: number) => void

/** Below this a loop of stores is faster than the call of `set`. */
const LOOP_BELOW_BYTES = 128

function openCopy({ u8, f64 }: MemoryViews, bytes: number): Copy {
  if (bytes >= LOOP_BELOW_BYTES) return (payload, address) => u8.set(payload, address)
  const doubles = bytes / Float64Array.BYTES_PER_ELEMENT
  let source: Float64Array | undefined
  return (payload, address) => {
    source ??= new Float64Array(payload.buffer, payload.byteOffset, doubles)
    const at = address >>> 3
    for (let i = 0; i < doubles; i++) f64[at + i] = source[i] as number
  }
}

const LONGEST_WAIT_MS = 10

export const pushSingly: OpenPush = (ring, bytes) => {
  const producer = openProducer(ring)
  const copy = openCopy(producer.memory, bytes)
  return {
    // What reserveBlocking does, too. Not for ever: the run may be over.
    awaitRoom: () => producer.waitForRoom(bytes, LONGEST_WAIT_MS),
    push(payload) {
      const address = producer.reserve(bytes)
      if (address === 0) return false
      copy(payload, address)
      producer.submit(address)
      return true
    },
  }
}

/** Payload of a record that takes as much room as so many of so many bytes, which are a multiple of 8. */
function stretchBytes(records: number, bytes: number): number {
  const header = 8
  return records * (header + bytes) - header
}

const openBatches =
  (records: number): OpenPush =>
  (ring, bytes) => {
    const producer = openProducer(ring)
    const copy = openCopy(producer.memory, bytes)
    let batch = 0
    let filled = 0
    return {
      awaitRoom: () => producer.waitForRoom(stretchBytes(records, bytes), LONGEST_WAIT_MS),
      push(payload) {
        if (filled === 0) {
          batch = producer.reserveBatch(records, bytes)
          if (batch === 0) return false
        }
        copy(payload, producer.batchAddress(batch, filled, bytes))
        if (++filled === records) {
          producer.submitBatch(batch, records, bytes)
          filled = 0
        }
        return true
      },
      end() {
        if (filled !== 0) throw new Error(`the last batch has only ${filled} records`)
      },
    }
  }

/**
 * The payload does not begin with a page: a copy between places that stand nearly equally in their pages takes twice as
 * long, since cpus compare the lower bits of addresses only. What malloc gives the C contestants does not stand there either.
 */
const OFF_PAGE_BYTES = 640

/** The payload lies in the ring's own memory, behind the ring. */
const pushFromWithin: OpenPush = (ring, bytes) => {
  const producer = openProducer(ring)
  const { u8 } = producer.memory
  const source = u8.length - bytes - OFF_PAGE_BYTES
  return {
    payload: u8.subarray(source, source + bytes),
    push: () => producer.outputFrom(source, bytes) === 0,
  }
}

export const OPEN_PUSH: Readonly<Record<HandOffWay, OpenPush>> = {
  single: pushSingly,
  batch: openBatches(BATCH),
  output: pushFromWithin,
}

/** As the cases of `core`, or with other numbers, and with a ring of another size. */
interface Shape {
  readonly producers: number
  readonly bytes: number
  readonly ringBytes?: number
  readonly way: HandOffWay
}

export function handOff(
  build: Build,
  { producers, bytes, ringBytes, way }: Shape,
  batch = way === 'batch' ? BATCH : 1,
): HandOffMeasurement<RingHandle> {
  const openPush = batch > BATCH ? openBatches(batch) : OPEN_PUSH[way]
  return {
    kind: 'hand-off',
    producers,
    bytes,
    batch,
    share() {
      const { handle } = create(build, ringBytes, way === 'output' ? bytes + OFF_PAGE_BYTES : 0)
      return { producer: handle, consumer: handle }
    },
    producer: (handle) => openPush(attachRing(handle, { engine: build.engine }), bytes),
    consumer(handle) {
      const consumer = openConsumer(attachRing(handle, { engine: build.engine }))
      const { i32 } = consumer.memory
      let check: SequenceCheck
      const look: RawCallback = (_memory, offset, length) => {
        mustBe(length, bytes)
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

function contestant(name: string, about: string, build: Build, axes: Contestant['cases'] = {}): Contestant {
  return {
    name,
    about,
    absent: () => null,
    cases: {
      'reserve-submit-8B': fillDrain(build, fillSingly),
      'batch-16-8B': fillDrain(build, fillInBatches),
      ...handOffCases((shape) => handOff(build, shape)),
      'idle-memory-1MiB': idle(build),
      ...axes,
    },
  }
}

/** What others of the suite `axes` are compared with; the lock is about producers. */
const CLAIM: Build = { engine: 'wasm', reservations: 'claim' }
const LOCK: Build = { engine: 'wasm', reservations: 'lock' }
const inShape = (build: Build) => (shape: SweepShape) => handOff(build, { ...shape, way: 'single' })
const inDemand = (demand: Demand) => offered(CLAIM, demand)

export const contestants: readonly Contestant[] = [
  contestant(
    'ours-wasm',
    'this package, WebAssembly build; the consumer waits 2 us whenever it has caught up',
    CLAIM,
    { ...sweepCases(inShape(CLAIM)), ...lossCases(inDemand), ...sharedLossCases(inDemand) },
  ),
  {
    name: 'ours-wasm-64KiB',
    about: 'the same in batches of 64 KiB of payload, as others transfer them',
    batch: '64 KiB',
    absent: () => null,
    cases: handOffCases((shape) =>
      shape.way === 'batch' ? handOff(CLAIM, shape, (64 << 10) / shape.bytes) : undefined,
    ),
  },
  contestant('ours-js', 'the same, JavaScript build', { engine: 'js', reservations: 'claim' }),
  contestant(
    'ours-wasm-lock',
    "WebAssembly build, reservations under the kernel's lock",
    LOCK,
    sweepCases(inShape(LOCK), ['size', 'producers']),
  ),
]
