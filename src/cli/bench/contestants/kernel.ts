import { BPF_RB_NO_WAKEUP, openConsumer, RingbufError } from 'bpf-ringbuf'
import { ProgramBuilder, r0, r1, r2, r3, r4, r6, r10, u32, u64 } from 'bpf-ringbuf/bytecode'
import {
  createMap,
  createRingMap,
  loadProgram,
  openKernelRing,
  openMapByFd,
  openProgramByFd,
} from 'bpf-ringbuf/kernel'
import type { Contestant } from '../contestant.js'
import { nap } from '../run/produce.js'
import { PRODUCER, SENT } from '../run/record.js'
import { visitBlocking, visitPolling } from './threads-ring.js'

/** Descriptors of this process. A producer has a program of its own, and a consumer none. */
interface KernelShared {
  readonly ring: number
  /** An array of one value: the record that the program outputs, in which it counts. */
  readonly record?: number
  readonly program?: number
}

const BPF_F_MMAPABLE = 1024
/** The least that a program of this type is run with; it does not look at it. */
const PACKET_BYTES = 64
/** Runs of the program by one call: few enough that nobody waits long for the word to stop. */
const RUNS_PER_CALL = 256
const NAP_MS = 0.05

/**
 * The kernel's own ring: a program in the kernel outputs the records. Where the ring is full it goes on with the same
 * number when there is room, so nothing is lost.
 *
 * In a flood each call runs it many times, its consumer polls, and it wakes nobody: the kernel does not know whether a
 * consumer that has caught up is asleep, and would interrupt itself for each of them.
 */
export const kernel: Contestant<KernelShared> = {
  name: 'kernel',
  about: "the kernel's ring: a BPF program outputs; polled in floods",
  ours: false,
  producers: 'threads',
  share({ ringBytes, bytes, producers, pace }) {
    const flags = pace === 'flood' ? BPF_RB_NO_WAKEUP : 0
    const opened: { close(): void }[] = []
    const keep = <T extends { close(): void }>(one: T): T => {
      opened.push(one)
      return one
    }
    const close = () => {
      for (const one of opened.splice(0).reverse()) one.close()
    }
    try {
      const ring = keep(createRingMap({ size: ringBytes, name: 'ringbuf_bench' }))
      const shared = Array.from({ length: producers }, () => {
        const record = keep(
          createMap({ type: 'array', valueSize: bytes, maxEntries: 1, flags: BPF_F_MMAPABLE }),
        )
        const program = keep(
          loadProgram({ type: 'socket_filter', program: outputs(bytes, flags), maps: { ring, record } }),
        )
        return { ring: ring.fd, record: record.fd, program: program.fd }
      })
      return {
        consumer: { ring: ring.fd },
        producer: (producer) => shared[producer] as KernelShared,
        close,
      }
    } catch (error) {
      close()
      throw error
    }
  },
  produce(shared, { pace }, record) {
    const program = openProgramByFd(shared.program as number)
    const { buffer } = openMapByFd(shared.record as number).mapped()
    const doubles = new Float64Array(buffer, 0, record.length)
    const count = new Uint32Array(buffer, 0, 1)
    // All but the sequence, at both ends: that is the program's.
    doubles.set(record.subarray(1, -1), 1)
    const data = new Uint8Array(PACKET_BYTES)
    const run = { data, repeat: pace === 'flood' ? RUNS_PER_CALL : 1 }
    return {
      push() {
        doubles[SENT] = record[SENT] as number
        const before = count[0] as number
        try {
          program.testRun(run)
        } catch (error) {
          // A signal of this process: what has run is done, and counted.
          if (!(error instanceof RingbufError && error.detail['errno'] === 'EINTR')) throw error
        }
        return (count[0] as number) - before
      },
      waitForRoom() {
        nap(NAP_MS)
        return true
      },
    }
  },
  consume({ ring: fd }, { bytes, pace }, inspector) {
    const ring = openKernelRing(fd)
    const consumer = openConsumer(ring)
    const { f64, u32: words } = consumer.memory
    const look = (_memory: Uint8Array, offset: number, length: number) => {
      if (length !== bytes) throw new Error(`a record of ${length} bytes came out`)
      const at = offset >>> 3
      inspector.take(
        f64[at + PRODUCER] as number,
        words[offset >>> 2] as number,
        words[(offset + length - 8) >>> 2] as number,
        f64[at + SENT] as number,
      )
    }
    const visit = pace === 'flood' ? visitPolling : visitBlocking
    return () => {
      do visit(consumer, look)
      while (!inspector.isOver() || !inspector.isComplete())
      ring.close()
    }
  },
}

/** r6: its record. The sequence, at both ends of it, is counted when the record went in. */
function outputs(bytes: number, flags: number) {
  return new ProgramBuilder()
    .store(u32(r10, -4), 0)
    .map(r1, 'record')
    .mov(r2, r10)
    .add(r2, -4)
    .call('bpf_map_lookup_elem')
    .gotoIf(r0, '==', 0, 'end')
    .mov(r6, r0)
    .map(r1, 'ring')
    .mov(r2, r6)
    .mov(r3, bytes)
    .mov(r4, flags)
    .call('bpf_ringbuf_output')
    .gotoIf(r0, '!=', 0, 'end')
    .load(r1, u64(r6))
    .add(r1, 1)
    .store(u64(r6), r1)
    .store(u64(r6, bytes - 8), r1)
    .label('end')
    .mov(r0, 0)
    .exit()
    .build()
}
