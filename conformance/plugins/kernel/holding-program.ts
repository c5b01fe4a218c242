/**
 * A program that reserves one record and holds it, through any number of writes, until it is told to submit or
 * discard it: the verifier wants both ends in one run, so the run sleeps between. Each record has a run to itself.
 */
import { ProgramBuilder, r0, r1, r2, r3, r4, r5, r6, r7, r8, r10, u32, u64 } from 'bpf-ringbuf/bytecode'
import { type KernelMap, type KernelProgram, loadProgram } from 'bpf-ringbuf/kernel'
import type { Gates } from './gates.js'
import { addressOf, syscallElsewhere } from './libc.js'
import { BYTES_AT, BYTES_MOST, type Mailbox, SLOT, SLOT_BYTES, SLOTS } from './mailbox.js'

const COMMANDS = { write: 1, submit: 2, discard: 3 } as const
export const BPF_F_SLEEPABLE = 16

const SYS_BPF = 321
const BPF_PROG_TEST_RUN = 10
const TEST_RUN_BYTES = 80

/** What a run is given: slot, size, flags, u32 each. */
const CONTEXT_BYTES = 16

interface Run {
  /** Where it stands. */
  gate: bigint
}

export class HoldingProgram {
  readonly #program: KernelProgram
  readonly #mailbox: Mailbox
  readonly #gates: Gates
  /** By slot. */
  readonly #runs = new Map<number, Run>()

  constructor(ring: KernelMap, mailbox: Mailbox, gates: Gates) {
    const maps = { ring, mailbox: mailbox.map }
    this.#program = loadProgram({ type: 'syscall', flags: BPF_F_SLEEPABLE, program: build(), maps })
    this.#mailbox = mailbox
    this.#gates = gates
  }

  /** Answers what bpf_ringbuf_reserve_dynptr answers. */
  reserve(slot: number, size: number, flags: number): number {
    this.#abandon(slot)
    const run = { gate: this.#setNextGate(slot) }
    this.#start(Uint32Array.of(slot, size, flags, 0), () => this.#gates.release(run.gate))
    this.#gates.mustArrive(run.gate)
    this.#runs.set(slot, run)
    const answer = this.#mailbox.slotAnswer(slot)
    if (answer !== 0) this.#abandon(slot)
    return answer
  }

  write(slot: number, offset: number, bytes: Uint8Array): number {
    this.#mailbox.setBytes(bytes)
    this.#tell(slot, { command: COMMANDS.write, length: bytes.length, offset })
    return this.#mailbox.slotAnswer(slot)
  }

  /** The program is still there when this returns: call `end` when everything has been looked at. */
  commit(slot: number, how: 'submit' | 'discard', flags: number): void {
    this.#tell(slot, { command: COMMANDS[how], flags })
  }

  end(slot: number): void {
    this.#gates.open(this.#mustRun(slot).gate)
    this.#runs.delete(slot)
  }

  /** Discards what is held. */
  close(): void {
    for (const slot of [...this.#runs.keys()]) this.#abandon(slot)
    this.#program.close()
  }

  #abandon(slot: number): void {
    if (!this.#runs.has(slot)) return
    this.commit(slot, 'discard', 0)
    this.end(slot)
  }

  #tell(slot: number, command: Parameters<Mailbox['setCommand']>[1]): void {
    const run = this.#mustRun(slot)
    this.#mailbox.setCommand(slot, command)
    const next = this.#setNextGate(slot)
    this.#gates.open(run.gate)
    this.#gates.mustArrive(next)
    this.#gates.release(run.gate)
    run.gate = next
  }

  #mustRun(slot: number): Run {
    const run = this.#runs.get(slot)
    if (!run) throw new Error(`nothing is held by ${slot}`)
    return run
  }

  #setNextGate(slot: number): bigint {
    const gate = this.#gates.next()
    this.#mailbox.setGate(slot, gate)
    return gate
  }

  #start(words: Uint32Array, ended: () => void): void {
    const context = new Uint8Array(words.buffer)
    const attributes = new Uint8Array(TEST_RUN_BYTES)
    const view = new DataView(attributes.buffer)
    view.setUint32(0, this.#program.fd, true)
    view.setUint32(40, CONTEXT_BYTES, true)
    view.setBigUint64(48, addressOf(context), true)
    // The kernel writes to both at the end: they are kept until then.
    const held = [context, attributes]
    const done = () => {
      held.length = 0
      ended()
    }
    syscallElsewhere(done, SYS_BPF, BPF_PROG_TEST_RUN, addressOf(attributes), TEST_RUN_BYTES)
  }
}

const DYNPTR_AT = -16
const GATE_BYTES_AT = -24

/** r7: the slot; r8: the command. */
function build() {
  const builder = new ProgramBuilder()
    .mov(r6, r1)
    .mapValue(r7, 'mailbox')
    .load(r1, u32(r6))
    .and(r1, SLOTS - 1)
    .mul(r1, SLOT_BYTES)
    .add(r7, r1)
    .map(r1, 'ring')
    .load(r2, u32(r6, 4))
    .load(r3, u32(r6, 8))
    .mov(r4, r10)
    .add(r4, DYNPTR_AT)
    .call('bpf_ringbuf_reserve_dynptr')
    .store(u64(r7, SLOT.answer), r0)
    .mov(r8, 0)
    .label('next')
    .mayGoto('commit')
  passGate(builder)
  builder
    .load(r8, u32(r7, SLOT.command))
    .gotoIf(r8, '!=', COMMANDS.write, 'commit')
    .mov(r1, r10)
    .add(r1, DYNPTR_AT)
    .load(r2, u32(r7, SLOT.offset))
    .mapValue(r3, 'mailbox', BYTES_AT)
    .load(r4, u32(r7, SLOT.length))
    .and(r4, BYTES_MOST)
    .mov(r5, 0)
    .call('bpf_dynptr_write')
    .store(u64(r7, SLOT.answer), r0)
    .goto('next')
    .label('commit')
    .mov(r1, r10)
    .add(r1, DYNPTR_AT)
    .load(r2, u32(r7, SLOT.flags))
    .gotoIf(r8, '==', COMMANDS.discard, 'discard')
    .call('bpf_ringbuf_submit_dynptr')
    .goto('end')
    .label('discard')
    .call('bpf_ringbuf_discard_dynptr')
    .label('end')
  passGate(builder)
  return builder.mov(r0, 0).exit().build()
}

function passGate(builder: ProgramBuilder): void {
  builder
    .mov(r1, r10)
    .add(r1, GATE_BYTES_AT)
    .mov(r2, 8)
    .load(r3, u64(r7, SLOT.gate))
    .call('bpf_copy_from_user')
}
