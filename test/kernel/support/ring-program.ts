/** A ring of the kernel, and a program of the kernel that produces into it when a test runs it. */
import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP } from 'bpf-ringbuf'
import { createRingMap, type KernelMap, type KernelProgram, loadProgram } from 'bpf-ringbuf/kernel'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { u32, u64 } from '#dist/bytecode/place.js'
import { r0, r1, r2, r3, r4, r6, r7, r8, r9, r10 } from '#dist/bytecode/register.js'

const PACKET_BYTES = 64

export const NO_WAKEUP = BPF_RB_NO_WAKEUP
export const FORCE_WAKEUP = BPF_RB_FORCE_WAKEUP

/** What the program does with one packet; it answers 0, or -11 as unsigned where there is no room. */
const OUTPUT = 0
const SUBMIT = 1
const DISCARD = 2
/** Two records; the second is submitted first. */
const CROSSED = 3
/** A record that takes a mebibyte, discarded. */
const BIG = 4
const BIG_BYTES = 2 ** 20 - 8

export class RingProgram {
  readonly ring: KernelMap
  readonly program: KernelProgram
  readonly #packet = new Uint8Array(PACKET_BYTES)

  constructor(sizeBytes: number) {
    this.ring = createRingMap({ size: sizeBytes, name: 'test_ring' })
    this.program = loadProgram({ type: 'xdp', program: program(), maps: { ring: this.ring } })
  }

  /** Outputs records of 56 bytes that begin with `value`. Answers what the last one answered. */
  output(value: bigint, flags = 0, repeat = 1): number {
    return this.#run(OUTPUT, value, flags, repeat)
  }

  /** Reserves a record of 16 bytes, writes `value` to it, and submits it. */
  submit(value: bigint, flags = 0, repeat = 1): number {
    return this.#run(SUBMIT, value, flags, repeat)
  }

  discard(flags = 0, repeat = 1): number {
    return this.#run(DISCARD, 0n, flags, repeat)
  }

  /** Reserves 2^20 bytes, header included, and discards them. */
  pass(): number {
    return this.#run(BIG, 0n, NO_WAKEUP, 1)
  }

  /** Reserves two records of 16 bytes, with `value` and `value + 1`, and submits the second first. */
  submitCrossed(value: bigint, flags = 0): number {
    return this.#run(CROSSED, value, flags, 1)
  }

  [Symbol.dispose](): void {
    this.program.close()
    this.ring.close()
  }

  #run(operation: number, value: bigint, flags: number, repeat: number): number {
    const data = new DataView(this.#packet.buffer)
    data.setUint32(0, operation, true)
    data.setUint32(4, flags, true)
    data.setBigUint64(8, value, true)
    return this.program.testRun({ data: this.#packet, repeat }).returned | 0
  }
}

function program() {
  const builder = new ProgramBuilder()
    .load(r6, u32(r1))
    .load(r2, u32(r1, 4))
    .mov(r3, r6)
    .add(r3, PACKET_BYTES)
    .gotoIf(r3, '>', r2, 'end')
    .load(r7, u32(r6))
    .load(r8, u32(r6, 4))
    .gotoIf(r7, '==', SUBMIT, 'one')
    .gotoIf(r7, '==', DISCARD, 'one')
    .gotoIf(r7, '==', CROSSED, 'crossed')
    .gotoIf(r7, '==', BIG, 'big')
  // The helper that outputs takes no bytes of a packet, so they go over the stack.
  for (let at = 8; at < PACKET_BYTES; at += 8) {
    builder.load(r1, u64(r6, at)).store(u64(r10, at - PACKET_BYTES), r1)
  }
  builder
    .map(r1, 'ring')
    .mov(r2, r10)
    .add(r2, 8 - PACKET_BYTES)
    .mov(r3, PACKET_BYTES - 8)
    .mov(r4, r8)
    .call('bpf_ringbuf_output')
    .exit()
    .label('one')
  reserve(builder, 16)
    .load(r1, u64(r6, 8))
    .store(u64(r0), r1)
    .mov(r1, r0)
    .mov(r2, r8)
    .gotoIf(r7, '==', DISCARD, 'discard')
    .call('bpf_ringbuf_submit')
    .mov(r0, 0)
    .exit()
    .label('discard')
    .call('bpf_ringbuf_discard')
    .mov(r0, 0)
    .exit()
    .label('big')
  reserve(builder, BIG_BYTES)
    .mov(r1, r0)
    .mov(r2, r8)
    .call('bpf_ringbuf_discard')
    .mov(r0, 0)
    .exit()
    .label('crossed')
  reserve(builder, 16).mov(r9, r0).load(r1, u64(r6, 8)).store(u64(r9), r1)
  reserve(builder, 16, 'half')
    .load(r1, u64(r6, 8))
    .add(r1, 1)
    .store(u64(r0), r1)
    .mov(r1, r0)
    .mov(r2, r8)
    .call('bpf_ringbuf_submit')
    .label('half')
    .mov(r1, r9)
    .mov(r2, r8)
    .call('bpf_ringbuf_submit')
    .mov(r0, 0)
    .exit()
    .label('full')
    .mov(r0, -11)
    .exit()
    .label('end')
    .mov(r0, -22)
    .exit()
  return builder.build()
}

function reserve(builder: ProgramBuilder, bytes: number, full = 'full'): ProgramBuilder {
  return builder
    .map(r1, 'ring')
    .mov(r2, bytes)
    .mov(r3, 0)
    .call('bpf_ringbuf_reserve')
    .gotoIf(r0, '==', 0, full)
}
