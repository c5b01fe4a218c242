/** Attaching programs to perf events: tracepoints, and functions of programs in user space. */
import { checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import type { System } from '../system/system.js'
import { readNumber } from './attach.js'
import { Attachment } from './attachment.js'
import { Attributes, bpf } from './bpf.js'
import { checkHolder, checkPath, checkText } from './check-argument.js'
import { symbolOffset } from './elf-symbol.js'
import type { KernelProgram } from './program.js'

const BPF_PERF_EVENT = 41
const PERF_TYPE_TRACEPOINT = 2
const PERF_FLAG_FD_CLOEXEC = 8
/** `struct perf_event_attr` up to version 5. */
const PERF_ATTR_BYTES = 112

export interface AttachTracepointOptions {
  /** Where tracefs is mounted. Default: /sys/kernel/tracing. */
  readonly tracefs?: string
}

/**
 * Runs a tracepoint program whenever the kernel comes to a tracepoint, in any process (Linux 5.15).
 *
 * @param tracepoint its group and name, like `sched/sched_process_exec`, or its id
 * @throws RingbufError ERR_SYSTEM: ENOENT when there is no such tracepoint, or tracefs is not mounted
 */
export function attachTracepoint(
  program: KernelProgram,
  tracepoint: string | number,
  options: AttachTracepointOptions = {},
): Attachment {
  checkHolder('program', program)
  checkOptions('options', options)
  const { tracefs = '/sys/kernel/tracing' } = options
  checkPath('tracefs', tracefs)
  const isTracepoint =
    typeof tracepoint === 'string'
      ? /^[A-Za-z0-9_]+\/[A-Za-z0-9_]+$/.test(tracepoint)
      : Number.isInteger(tracepoint) && tracepoint > 0
  if (!isTracepoint) {
    const shown = typeof tracepoint === 'string' ? JSON.stringify(tracepoint) : String(tracepoint)
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `tracepoint ${shown} must be a group and a name, like sched/sched_process_exec, or an id`,
      { value: String(tracepoint) },
    )
  }
  const system = loadSystem()
  const id =
    typeof tracepoint === 'number'
      ? tracepoint
      : readNumber(system, `${tracefs}/events/${tracepoint}/id`, {
          ENOENT: `there is no such tracepoint, or tracefs is not mounted: mount -t tracefs tracefs ${tracefs}`,
          EACCES: 'reading tracefs needs root',
        })
  const what = `tracepoint '${tracepoint}'`
  // The processor is of no consequence: a program is called for the tracepoint as such.
  const event = openEvent(system, what, { type: PERF_TYPE_TRACEPOINT, config: id, pid: -1, cpu: 0 })
  return linkTo(system, program, event, what)
}

export interface AttachUprobeOptions {
  /** The program or library. */
  readonly path: string
  /** The function, by its name. */
  readonly symbol?: string
  /** Or where in the file it begins: bytes. */
  readonly offset?: number
  /** When the function returns, not when it is called. Default: false. */
  readonly returns?: boolean
  /** In this process only. Default: in all. */
  readonly pid?: number
}

/**
 * Runs a kprobe program whenever a function of a file that processes run is called (uprobe), or returns
 * (uretprobe). Linux 5.15.
 *
 * @throws RingbufError ERR_SYSTEM; ERR_INVALID_ARGUMENT when the file has no such function
 */
export function attachUprobe(program: KernelProgram, options: AttachUprobeOptions): Attachment {
  checkOptions('options', options)
  checkHolder('program', program)
  const { path, symbol, returns = false, pid = -1 } = options
  checkPath('path', path)
  if (symbol !== undefined) checkText('symbol', symbol, SYMBOL_MOST, 1)
  const { offset: given } = options
  if ((symbol === undefined) === (given === undefined)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `a uprobe wants a symbol, or an offset: one of the two`)
  }
  for (const [name, value, least, most] of [
    ['offset', given === undefined ? 0 : given, 0, Number.MAX_SAFE_INTEGER],
    // The kernel would cut it to 32 bits, and 2^32 be this process.
    ['pid', pid, -1, 0x7fff_ffff],
  ] as const) {
    if (Number.isInteger(value) && value >= least && value <= most) continue
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${name} ${String(value)} must be a whole number from ${least} to ${most}`,
      { value: String(value), limit: most },
    )
  }
  const system = loadSystem()
  const offset = symbol === undefined ? (given as number) : symbolOffset(system, path, symbol)
  const type = readNumber(system, '/sys/bus/event_source/devices/uprobe/type', {
    ENOENT: 'this kernel has no uprobes',
  })
  const what = `${returns ? 'uretprobe' : 'uprobe'} ${path}+0x${offset.toString(16)}`
  const event = openEvent(system, what, {
    type,
    config: returns ? 1 : 0,
    path,
    offset,
    pid,
    cpu: pid < 0 ? 0 : -1,
  })
  return linkTo(system, program, event, what)
}

/** Bytes; names of C++ are long. */
const SYMBOL_MOST = 65535

interface EventParts {
  readonly type: number
  readonly config: number
  readonly path?: string
  readonly offset?: number
  readonly pid: number
  readonly cpu: number
}

function openEvent(
  system: System,
  what: string,
  { type, config, path, offset, pid, cpu }: EventParts,
): Descriptor {
  const attributes = new Attributes(system, PERF_ATTR_BYTES)
    .u32(0, type)
    .u32(4, PERF_ATTR_BYTES)
    .u64(8, config)
  if (path !== undefined) attributes.path(56, path).u64(64, offset ?? 0)
  const answer = system.perfEventOpen(attributes.bytes, pid, cpu, PERF_FLAG_FD_CLOEXEC)
  return Descriptor.own(system, answer, 'perf_event_open', what, {
    EACCES: 'needs CAP_PERFMON',
    EPERM: 'needs CAP_PERFMON',
    ESRCH: 'there is no such process',
    ...(path === undefined
      ? { ENOENT: 'there is no such event', EINVAL: 'there is no such event' }
      : { ENOENT: 'there is no such file', EINVAL: 'no instruction of a program begins there' }),
  })
}

function linkTo(system: System, program: KernelProgram, event: Descriptor, what: string): Attachment {
  try {
    const attributes = new Attributes(system, 16).u32(0, program.fd).u32(4, event.fd).u32(8, BPF_PERF_EVENT)
    const fd = bpf(system, 'BPF_LINK_CREATE', attributes, what, {
      EINVAL: 'the program is of another type, or this kernel is older than 5.15',
      EACCES: 'the program looks behind what this tracepoint gives it',
    })
    return Attachment.by(what, new Descriptor(system, fd, what), event)
  } catch (error) {
    event.close()
    throw error
  }
}
