/** A user ring of the kernel, and a program of the kernel that drains it when a test runs it. */
import {
  createRingMap,
  createUserRingMap,
  type KernelMap,
  type KernelProgram,
  loadProgram,
} from 'bpf-ringbuf/kernel'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { u32, u64 } from '#dist/bytecode/place.js'
import { r0, r1, r2, r3, r4, r5, r6, r7, r10 } from '#dist/bytecode/register.js'

const PACKET_BYTES = 16

/** What it drains it outputs into a ring of the kernel: the first 8 bytes of each record. */
export class DrainProgram {
  readonly userRing: KernelMap
  readonly ring: KernelMap
  readonly #program: KernelProgram
  readonly #packet = new Uint8Array(PACKET_BYTES)

  constructor(sizeBytes: number) {
    this.userRing = createUserRingMap({ size: sizeBytes, name: 'test_ring' })
    this.ring = createRingMap({ size: '1 MiB', name: 'test_ring' })
    const maps = { user: this.userRing, ring: this.ring }
    this.#program = loadProgram({ type: 'xdp', program: program(), maps })
  }

  /** Answers as bpf_user_ringbuf_drain does: how many samples, or a negative error number. */
  drain(flags = 0): number {
    new DataView(this.#packet.buffer).setUint32(0, flags, true)
    return this.#program.testRun({ data: this.#packet }).returned | 0
  }

  [Symbol.dispose](): void {
    this.#program.close()
    this.ring.close()
    this.userRing.close()
  }
}

function program() {
  return new ProgramBuilder()
    .load(r2, u32(r1))
    .load(r3, u32(r1, 4))
    .mov(r4, r2)
    .add(r4, PACKET_BYTES)
    .gotoIf(r4, '>', r3, 'end')
    .load(r4, u32(r2))
    .map(r1, 'user')
    .callback(r2, 'sample')
    .mov(r3, 0)
    .call('bpf_user_ringbuf_drain')
    .exit()
    .label('end')
    .mov(r0, -22)
    .exit()
    .subprogram('sample')
    .mov(r6, r1)
    .mov(r7, 0)
    .store(u64(r10, -8), r7)
    .mov(r1, r10)
    .add(r1, -8)
    .mov(r2, 8)
    .mov(r3, r6)
    .mov(r4, 0)
    .mov(r5, 0)
    .call('bpf_dynptr_read')
    .map(r1, 'ring')
    .mov(r2, r10)
    .add(r2, -8)
    .mov(r3, 8)
    .mov(r4, 0)
    .call('bpf_ringbuf_output')
    .mov(r0, 0)
    .exit()
    .build()
}
