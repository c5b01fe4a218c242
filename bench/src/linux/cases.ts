/** The cases of the suite `linux`: the kernel's own ring, and rings between processes. */
import type { Case } from '../cases.js'

/** Payloads of `kernel-throughput`. */
export const KERNEL_BYTES = [8, 64, 256] as const
/** Payload between processes. */
export const PROCESS_BYTES = 64

export type LinuxCaseName = `kernel-throughput-${(typeof KERNEL_BYTES)[number]}B` | 'process-64B'

/**
 *   C process (cpu0) ──BPF_PROG_TEST_RUN──► program: bpf_ringbuf_output ──► kernel ring (1 MiB) ──► consumer (cpu1)
 *
 * The same producer for all; what finds no room is dropped, and it does drop: so the consumer is what is measured.
 */
const kernelThroughput: readonly Case[] = KERNEL_BYTES.map((bytes) => ({
  name: `kernel-throughput-${bytes}B`,
  unit: 'M records/s',
  about: `a program in the kernel outputs records of ${bytes} bytes as fast as it can; what its consumer gets, sequence numbers checked`,
  yardsticks: ['kernel', 'kernel-paced'],
}))

/**
 *   producer (cpu0) ──64 B──► ring or socket ──► consumer (cpu1), another process or another thread
 */
const betweenProcesses: Case = {
  name: 'process-64B',
  unit: 'M records/s',
  about: 'one producer to one consumer, 64 bytes copied in, every sequence number checked',
  yardsticks: ['mapped-threads', 'unix-socket'],
}

export const LINUX_CASES: readonly Case[] = [...kernelThroughput, betweenProcesses]
