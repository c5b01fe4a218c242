/** A user ring of the kernel, and a program of the kernel that drains it when a test runs it. */
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { u32, u64 } from '#dist/bytecode/place.js'
import { link } from '#dist/bytecode/program.js'
import { r0, r1, r2, r3, r4, r5, r6, r7, r10 } from '#dist/bytecode/register.js'
import { Attributes, bpf } from '#dist/kernel/bpf.js'
import { Descriptor } from '#dist/system/descriptor.js'
import type { System } from '#dist/system/system.js'
import { loadFunctionTypes } from './function-types.js'

const XDP = 6
const RINGBUF = 27
const USER_RINGBUF = 31
const PACKET_BYTES = 16

/** What it drains it outputs into a ring of the kernel: the first 8 bytes of each record. */
export class DrainProgram {
  readonly userRing: Descriptor
  readonly ring: Descriptor
  readonly #system: System
  readonly #program: Descriptor
  readonly #packet = new Uint8Array(PACKET_BYTES)

  constructor(system: System, sizeBytes: number) {
    this.#system = system
    this.userRing = createMap(system, USER_RINGBUF, sizeBytes)
    this.ring = createMap(system, RINGBUF, 2 ** 20)
    const maps: Record<string, number> = { user: this.userRing.fd, ring: this.ring.fd }
    const built = program()
    const text = link(built, ({ name }) => maps[name])
    const { btf, functions } = loadFunctionTypes(system, built)
    const load = new Attributes(system, 92)
      .u32(0, XDP)
      .u32(4, text.length / 8)
      .pointer(8, text)
      .path(16, 'GPL')
      .u32(72, btf.fd)
      .u32(76, 8)
      .pointer(80, functions)
      .u32(88, functions.length / 8)
    this.#program = new Descriptor(system, bpf(system, 'BPF_PROG_LOAD', load, 'drain'), 'drain')
    btf.close()
  }

  /** Answers as bpf_user_ringbuf_drain does: how many samples, or a negative error number. */
  drain(flags = 0): number {
    new DataView(this.#packet.buffer).setUint32(0, flags, true)
    const attributes = new Attributes(this.#system, 48)
      .u32(0, this.#program.fd)
      .u32(8, PACKET_BYTES)
      .pointer(16, this.#packet)
      .u32(32, 1)
    bpf(this.#system, 'BPF_PROG_TEST_RUN', attributes, 'drain')
    return attributes.readU32(4) | 0
  }

  [Symbol.dispose](): void {
    this.#program.close()
    this.ring.close()
    this.userRing.close()
  }
}

function createMap(system: System, type: number, bytes: number): Descriptor {
  const attributes = new Attributes(system, 72).u32(0, type).u32(12, bytes).name(28, 'test_ring')
  return new Descriptor(system, bpf(system, 'BPF_MAP_CREATE', attributes, 'ring'), 'ring')
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
