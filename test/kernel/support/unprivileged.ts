/**
 * Calls what needs privileges, without any. Descriptor 3 is of a raw tracepoint program, which somebody else has
 * loaded. Prints a line for each call: its name, the code of its error, and the message.
 */
import { ProgramBuilder, r0 } from 'bpf-ringbuf/bytecode'
import {
  attachTracepoint,
  attachUprobe,
  createMap,
  createRingMap,
  createUserRingMap,
  type KernelProgram,
  loadProgram,
  mapIds,
  openMapById,
  openProgramById,
} from 'bpf-ringbuf/kernel'

const program = new ProgramBuilder().mov(r0, 0).exit().build()
const inherited = { fd: 3 } as KernelProgram

const calls: Readonly<Record<string, () => unknown>> = {
  createMap: () => createMap({ type: 'hash', name: 'h', maxEntries: 1 }),
  createRingMap: () => createRingMap({ size: 4096, name: 'r' }),
  createUserRingMap: () => createUserRingMap({ size: 4096, name: 'u' }),
  loadPlain: () => loadProgram({ type: 'socket_filter', program }),
  loadNetwork: () => loadProgram({ type: 'xdp', program }),
  loadTracing: () => loadProgram({ type: 'tracepoint', program }),
  openMapById: () => openMapById(1),
  openProgramById: () => openProgramById(1),
  mapIds: () => [...mapIds()],
  attachTracepoint: () => attachTracepoint(inherited, 1),
  attachUprobe: () => attachUprobe(inherited, { path: process.execPath, offset: 0 }),
}
for (const [name, call] of Object.entries(calls)) {
  let line = 'done'
  try {
    call()
  } catch (error) {
    const { code, message } = error as Error & { code: string }
    line = `${code} ${message}`
  }
  process.stdout.write(`${name}: ${line}\n`)
}
