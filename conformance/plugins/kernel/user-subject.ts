/** A ring in the other direction: this process produces, and a program drains. */

import { ProgramBuilder, r0, r1, r2, r3, r4, r6, r10, u32, u64 } from 'bpf-ringbuf/bytecode'
import {
  createUserRingMap,
  type KernelMap,
  type KernelProgram,
  loadProgram,
  openUserRing,
  type UserRing,
} from 'bpf-ringbuf/kernel'
import { errnoName } from '#dist/abi/errno-names.js'
import { DATA_OFFSET, PRODUCER_POSITION } from '#dist/abi/region.js'
import { RingSignal } from '#dist/kernel/ring-signal.js'
import { EPOLLOUT } from '#dist/system/constants.js'
import { loadSystem } from '#dist/system/load-system.js'
import { BPF_F_SLEEPABLE } from './holding-program.js'

export class UserSubject {
  readonly #map: KernelMap
  readonly #ring: UserRing
  readonly #signal: RingSignal
  readonly #program: KernelProgram
  readonly #addresses: number[] = []

  /** @throws RingbufError as the kernel refuses */
  constructor(size: number) {
    this.#map = createUserRingMap({ size, name: 'conformance' })
    this.#ring = openUserRing(this.#map)
    this.#signal = new RingSignal(loadSystem(), this.#map.fd, 'user ring', EPOLLOUT)
    const maps = { user: this.#map }
    this.#program = loadProgram({ type: 'syscall', flags: BPF_F_SLEEPABLE, program: build(), maps })
  }

  reserve(handle: number, size: number): string {
    const address = this.#ring.reserve(size)
    this.#addresses[handle] = address
    return address === 0 ? `errno ${errnoName(this.#ring.errno)}` : 'ok'
  }

  commit(handle: number, how: 'submit' | 'discard'): string {
    this.#ring[how](this.#addresses[handle] as number)
    return 'ok'
  }

  /** What a process can write there by hand. */
  setHeader(position: number, bits: number, length: number): void {
    const { u32 } = this.#ring.memory
    u32[(DATA_OFFSET + (position % this.#ring.size)) >>> 2] = (bits | length) >>> 0
  }

  setProducer(position: number): void {
    new BigInt64Array(this.#ring.memory.u8.buffer)[PRODUCER_POSITION >>> 3] = BigInt(position)
  }

  /** `one`: the program says after the first sample that it wants no more. */
  drain(most: string, flags: number): string {
    const context = new Uint8Array(Uint32Array.of(flags, most === 'one' ? 1 : 0).buffer)
    this.#signal.rung()
    const { context: left } = this.#program.testRun({ context })
    const answer = new DataView(left.buffer).getInt32(0, true)
    const wakes = this.#signal.rung() ? 'wake' : 'quiet'
    return answer < 0 ? `errno ${errnoName(-answer)}` : `number ${answer} ${wakes}`
  }

  close(): void {
    this.#program.close()
    this.#signal.close()
    this.#ring.close()
    this.#map.close()
  }
}

/** The context: flags, and what the callback answers; the first is replaced by the helper's answer. */
function build() {
  return new ProgramBuilder()
    .mov(r6, r1)
    .load(r2, u32(r6, 4))
    .store(u64(r10, -8), r2)
    .load(r4, u32(r6))
    .map(r1, 'user')
    .callback(r2, 'sample')
    .mov(r3, r10)
    .add(r3, -8)
    .call('bpf_user_ringbuf_drain')
    .store(u32(r6), r0)
    .mov(r0, 0)
    .exit()
    .subprogram('sample')
    .load(r0, u64(r2))
    .and(r0, 1)
    .exit()
    .build()
}
