/** A program that outputs a record of 8 bytes, the process that it ran in, whenever it runs; and its ring. */

import { openConsumer } from 'bpf-ringbuf'
import { ProgramBuilder, r0, r1, r2, r3, r4, r10, u64 } from 'bpf-ringbuf/bytecode'
import {
  createRingMap,
  type KernelMap,
  type KernelProgram,
  loadProgram,
  openKernelRing,
  type ProgramType,
} from 'bpf-ringbuf/kernel'

export interface Noting {
  readonly program: KernelProgram
  /** How many records have come since this was last asked. */
  count(): number
  close(): void
}

/** @param pid notes nothing in other processes; 0: in all, and of packets, which are of none */
export function loadNoting(type: ProgramType, pid = 0, answer = 0): Noting {
  const map: KernelMap = createRingMap({ size: 65536, name: 'notes' })
  const builder = new ProgramBuilder()
  if (pid > 0) {
    builder.call('bpf_get_current_pid_tgid').mov(r1, r0).rsh(r1, 32).gotoIf(r1, '!=', pid, 'end')
  } else builder.mov(r0, 0)
  const program = loadProgram({
    type,
    license: 'GPL',
    program: builder
      .store(u64(r10, -8), r0)
      .map(r1, 'notes')
      .mov(r2, r10)
      .add(r2, -8)
      .mov(r3, 8)
      .mov(r4, 0)
      .call('bpf_ringbuf_output')
      .label('end')
      .mov(r0, answer)
      .exit()
      .build(),
    maps: { notes: map },
  })
  const ring = openKernelRing(map)
  const consumer = openConsumer(ring)
  return {
    program,
    count: () => consumer.consume(() => {}),
    close() {
      ring.close()
      program.close()
      map.close()
    },
  }
}
