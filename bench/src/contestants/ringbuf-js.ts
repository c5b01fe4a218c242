/**
 * ringbuf.js: a ring of array elements between one producer and one consumer, over a SharedArrayBuffer.
 *
 * It knows no records. With a capacity that is a multiple of 64 and nothing but transfers of 64 elements, what it
 * has and what it has room for are multiples of 64 too, so no transfer is ever partial; that is checked.
 */
import { RingBuffer } from 'ringbuf.js'
import { HAND_OFF_BYTES, RING_BYTES } from '../cases.js'
import type { Contestant, HandOffMeasurement, IdleRing } from '../contestant.js'

function mustBeWhole(moved: number): boolean {
  if (moved === HAND_OFF_BYTES) return true
  if (moved === 0) return false
  throw new Error(`ringbuf.js moved ${moved} of ${HAND_OFF_BYTES} bytes`)
}

function createStorage(): SharedArrayBuffer {
  return RingBuffer.getStorageForCapacity(RING_BYTES, Uint8Array)
}

const handOff: HandOffMeasurement<SharedArrayBuffer> = {
  kind: 'hand-off',
  share() {
    const storage = createStorage()
    return { producer: storage, consumer: storage }
  },
  producer(storage) {
    const ring = new RingBuffer(storage, Uint8Array)
    return { push: (payload) => mustBeWhole(ring.push(payload, HAND_OFF_BYTES)) }
  },
  consumer(storage) {
    const ring = new RingBuffer(storage, Uint8Array)
    const words = new Int32Array(HAND_OFF_BYTES / 4)
    const bytes = new Uint8Array(words.buffer)
    return {
      drain(check, limit) {
        let taken = 0
        while (taken < limit && mustBeWhole(ring.pop(bytes, HAND_OFF_BYTES))) {
          check.take(words[0] as number)
          taken++
        }
        return taken
      },
    }
  },
}

function openIdle(): IdleRing {
  const keeps = createStorage()
  return { allocatedBytes: keeps.byteLength, keeps }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'ringbuf.js',
    about: 'npm ringbuf.js 0.4: one producer, one consumer, push and pop of 64 bytes',
    absent: () => null,
    cases: {
      'throughput-1p1c-64B': handOff,
      'idle-memory-1MiB': { kind: 'memory', open: openIdle },
    },
  },
]
