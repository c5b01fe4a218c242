/** The programs of the kernel that see processes begin, change and end. */
import {
  type Program,
  ProgramBuilder,
  r0,
  r1,
  r2,
  r3,
  r6,
  r7,
  r8,
  r9,
  r10,
  u32,
  u64,
} from 'bpf-ringbuf/bytecode'
import type { KernelTypes } from 'bpf-ringbuf/kernel'
import {
  COMMAND_AT,
  COMMAND_BYTES,
  CPU_AT,
  EVENT_BYTES,
  FILE_AT,
  FILE_BYTES,
  KIND_AT,
  KINDS,
  type Kind,
  OTHER_AT,
  PID_AT,
  TIME_AT,
} from './event.js'

/** Tracepoints, and what they hand over: sched_process_fork(parent, child), _exec(task, old pid, binary), _exit(task). */
export const TRACEPOINTS: Readonly<Record<Kind, string>> = {
  fork: 'sched_process_fork',
  exec: 'sched_process_exec',
  exit: 'sched_process_exit',
}

const NUMBER_AT = -8
const KEY_AT = -16

/**
 * r6: the arguments; r7: what is read of them; r8: process and thread; r9: the record. Threads are left out: only
 * processes are told of.
 */
export function traceProgram(kind: Kind, types: KernelTypes): Program {
  const builder = new ProgramBuilder()
    .mov(r6, r1)
    .call('bpf_get_current_pid_tgid')
    .mov(r8, r0)
    .rsh(r8, 32)
    .mov(r7, 0)
  if (kind === 'fork') {
    builder.load(r9, u64(r6, 8))
    readNumber(builder, types.offsetOf('task_struct', 'pid')).load(r7, u32(r10, NUMBER_AT))
    readNumber(builder, types.offsetOf('task_struct', 'tgid')).load(r1, u32(r10, NUMBER_AT))
    builder.gotoIf(r1, '!=', r7, 'end')
  }
  if (kind === 'exit') {
    // A process has ended when its last thread has; its first one may end long before, or be replaced by an exec.
    builder.load(r9, u64(r6))
    readNumber(builder, types.offsetOf('task_struct', 'exit_code')).load(r7, u32(r10, NUMBER_AT))
    readPointer(builder, types.offsetOf('task_struct', 'signal')).load(r9, u64(r10, NUMBER_AT))
    readNumber(builder, types.offsetOf('signal_struct', 'live')).load(r1, u32(r10, NUMBER_AT))
    builder.gotoIf(r1, '!=', 0, 'end')
  }
  builder
    .map(r1, 'events')
    .mov(r2, EVENT_BYTES)
    .mov(r3, 0)
    .call('bpf_ringbuf_reserve')
    .gotoIf(r0, '==', 0, 'full')
    .mov(r9, r0)
    .store(u32(r9, KIND_AT), KINDS.indexOf(kind))
    .store(u32(r9, PID_AT), r8)
    .store(u32(r9, OTHER_AT), r7)
    .call('bpf_ktime_get_ns')
    .store(u64(r9, TIME_AT), r0)
    .call('bpf_get_smp_processor_id')
    .store(u32(r9, CPU_AT), r0)
    .mov(r1, r9)
    .add(r1, COMMAND_AT)
    .mov(r2, COMMAND_BYTES)
    .call('bpf_get_current_comm')
    .store(u64(r9, FILE_AT), 0)
  if (kind === 'exec') readFile(builder, types.offsetOf('linux_binprm', 'filename'))
  builder.mov(r1, r9).mov(r2, 0).call('bpf_ringbuf_submit').label('end').mov(r0, 0).exit().label('full')
  return countLost(builder).mov(r0, 0).exit().build()
}

/** Reads a number of 32 bits of the structure at r9 to the stack. */
function readNumber(builder: ProgramBuilder, offset: number): ProgramBuilder {
  return readField(builder, offset, 4)
}

/** Reads a pointer of the structure at r9 to the stack. */
function readPointer(builder: ProgramBuilder, offset: number): ProgramBuilder {
  return readField(builder, offset, 8)
}

function readField(builder: ProgramBuilder, offset: number, bytes: number): ProgramBuilder {
  return builder
    .mov(r1, r10)
    .add(r1, NUMBER_AT)
    .mov(r2, bytes)
    .mov(r3, r9)
    .add(r3, offset)
    .call('bpf_probe_read_kernel')
}

/** Reads the name of the file that is run: the third argument holds a pointer to it. */
function readFile(builder: ProgramBuilder, offset: number): void {
  builder
    .mov(r1, r10)
    .add(r1, NUMBER_AT)
    .mov(r2, 8)
    .load(r3, u64(r6, 16))
    .add(r3, offset)
    .call('bpf_probe_read_kernel')
    .mov(r1, r9)
    .add(r1, FILE_AT)
    .mov(r2, FILE_BYTES)
    .load(r3, u64(r10, NUMBER_AT))
    .call('bpf_probe_read_kernel_str')
}

/** Counts what found no room, for each processor. */
function countLost(builder: ProgramBuilder): ProgramBuilder {
  return builder
    .mov(r1, 0)
    .store(u64(r10, KEY_AT), r1)
    .map(r1, 'lost')
    .mov(r2, r10)
    .add(r2, KEY_AT)
    .call('bpf_map_lookup_elem')
    .gotoIf(r0, '==', 0, 'nowhere')
    .load(r1, u64(r0))
    .add(r1, 1)
    .store(u64(r0), r1)
    .label('nowhere')
}
