/** Programs that do one thing and end. */
import { ProgramBuilder, r0, r1, r2, r3, r4, r6, r7, u32, u64 } from 'bpf-ringbuf/bytecode'
import { type KernelMap, type KernelProgram, loadProgram } from 'bpf-ringbuf/kernel'
import { BPF_F_SLEEPABLE } from './holding-program.js'
import { ANSWER_AT, BYTES_AT, BYTES_MOST, type Mailbox } from './mailbox.js'

const ACTIONS = { output: 0, query: 1 } as const
const BPF_RB_NO_WAKEUP = 1

/** bpf_ringbuf_output and bpf_ringbuf_query: which of them its context says, with flags and length. */
export class ActingProgram {
  readonly #program: KernelProgram
  readonly #mailbox: Mailbox

  constructor(ring: KernelMap, mailbox: Mailbox) {
    const maps = { ring, mailbox: mailbox.map }
    this.#program = loadProgram({ type: 'syscall', flags: BPF_F_SLEEPABLE, program: buildActing(), maps })
    this.#mailbox = mailbox
  }

  output(bytes: Uint8Array, flags: number): number {
    this.#mailbox.setBytes(bytes)
    return Number(this.#run(ACTIONS.output, flags, bytes.length))
  }

  query(flag: number): bigint {
    return this.#run(ACTIONS.query, flag, 0)
  }

  close(): void {
    this.#program.close()
  }

  #run(action: number, flags: number, length: number): bigint {
    this.#program.testRun({ context: new Uint8Array(Uint32Array.of(action, flags, length, 0).buffer) })
    return this.#mailbox.answer
  }
}

function buildActing() {
  return new ProgramBuilder()
    .mov(r6, r1)
    .mapValue(r7, 'mailbox', ANSWER_AT)
    .load(r2, u32(r6))
    .gotoIf(r2, '==', ACTIONS.query, 'query')
    .map(r1, 'ring')
    .mapValue(r2, 'mailbox', BYTES_AT)
    .load(r3, u32(r6, 8))
    .and(r3, BYTES_MOST)
    .load(r4, u32(r6, 4))
    .call('bpf_ringbuf_output')
    .goto('end')
    .label('query')
    .map(r1, 'ring')
    .load(r2, u32(r6, 4))
    .call('bpf_ringbuf_query')
    .label('end')
    .store(u64(r7), r0)
    .mov(r0, 0)
    .exit()
    .build()
}

/** Whether bpf_ringbuf_reserve finds room for a size that is more than a dynptr holds: no test has so large a ring. */
export function reserveConstant(ring: KernelMap, size: number): boolean {
  const program = new ProgramBuilder()
    .map(r1, 'ring')
    .constant(r2, size)
    .mov(r3, 0)
    .call('bpf_ringbuf_reserve')
    .gotoIf(r0, '==', 0, 'none')
    .mov(r1, r0)
    .mov(r2, BPF_RB_NO_WAKEUP)
    .call('bpf_ringbuf_discard')
    .mov(r0, 1)
    .label('none')
    .exit()
    .build()
  using loaded = loadProgram({ type: 'syscall', flags: BPF_F_SLEEPABLE, program, maps: { ring } })
  return loaded.testRun().returned === 1
}
