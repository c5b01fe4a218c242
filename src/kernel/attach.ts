/** Attaching programs to what they are to see. */
import { checkChoice, checkOptions } from '../abi/check.js'
import { RingbufError } from '../abi/error.js'
import { O_CLOEXEC, O_RDONLY } from '../system/constants.js'
import { Descriptor } from '../system/descriptor.js'
import { must } from '../system/failure.js'
import { identityOf, mustStatus } from '../system/file-status.js'
import { loadSystem } from '../system/load-system.js'
import type { System } from '../system/system.js'
import { Attachment } from './attachment.js'
import { Attributes, bpf } from './bpf.js'
import { checkDescriptor, checkHolder, checkText } from './check-argument.js'
import type { KernelProgram } from './program.js'

/**
 * Runs a raw tracepoint program whenever the kernel comes to this tracepoint, in any process: `sys_enter`,
 * `sched_process_exec`. Its context is the arguments of the tracepoint, 8 bytes each.
 *
 * @throws RingbufError ERR_SYSTEM: ENOENT when there is no such tracepoint
 */
export function attachRawTracepoint(program: KernelProgram, name: string): Attachment {
  checkHolder('program', program)
  checkText('raw tracepoint', name, RAW_TRACEPOINT_MOST, 1)
  const system = loadSystem()
  const what = `raw tracepoint '${name}'`
  const attributes = new Attributes(system, 16).path(0, name).u32(8, program.fd)
  const fd = bpf(system, 'BPF_RAW_TRACEPOINT_OPEN', attributes, what, {
    ENOENT: 'there is no such tracepoint',
    EINVAL: 'the program is of another type, or looks behind the arguments of this tracepoint',
    EPERM: 'needs CAP_BPF and CAP_PERFMON',
  })
  return Attachment.by(what, new Descriptor(system, fd, what))
}

/** The kernel reads 128 bytes, and the last of them is zero. */
const RAW_TRACEPOINT_MOST = 127

const SOL_SOCKET = 1
const SO_ATTACH_BPF = 50
const SO_DETACH_BPF = 27

/**
 * Runs a socket filter on what a socket receives; it answers how many bytes of each packet to keep. Unlike the
 * others it stays until it is closed, or the socket is: also when the process that attached it ends.
 *
 * @param fd descriptor of the socket, which must be yours, and stay open: if it is closed first, nothing is detached
 * @throws RingbufError ERR_INVALID_ARGUMENT when a program was attached to it here; ERR_SYSTEM
 */
export function attachToSocket(program: KernelProgram, fd: number): Attachment {
  checkHolder('program', program)
  checkDescriptor('socket', fd)
  const system = loadSystem()
  const what = `socket ${fd}`
  const socket = identityOf(mustStatus(system, fd, what))
  if (attachedSockets.has(socket)) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `${what} has a program that was attached here: close that first`,
      {
        value: fd,
      },
    )
  }
  must(system.setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, program.fd), 'setsockopt(SO_ATTACH_BPF)', what, {
    EINVAL: 'the program is no socket filter',
    ENOTSOCK: 'the descriptor is no socket',
  })
  attachedSockets.add(socket)
  return new Attachment(what, () => {
    attachedSockets.delete(socket)
    // The number may be another's by now: the program went with its socket then.
    const status = system.status(fd)
    if (typeof status === 'number' || identityOf(status) !== socket) return
    system.setsockopt(fd, SOL_SOCKET, SO_DETACH_BPF, 0)
  })
}

/**
 * A socket has one program: the second would take the place of the first, and the first, closed, detach it. By which
 * file it is: its descriptors may be several, and their numbers another's when they are closed.
 */
const attachedSockets = new Set<string>()

const BPF_XDP = 37
const BPF_TCX_INGRESS = 46
const BPF_TCX_EGRESS = 47
/** In the network stack, by any interface, not in its driver. */
const XDP_FLAGS_SKB_MODE = 2

export interface AttachXdpOptions {
  /** In the network stack, which every interface can, or in its driver. Default: the kernel decides. */
  readonly mode?: 'generic'
}

/**
 * Runs an XDP program on every packet that a network interface receives (Linux 5.9).
 *
 * @param networkInterface its name, like `lo`, in this process's network namespace
 */
export function attachXdp(
  program: KernelProgram,
  networkInterface: string,
  options: AttachXdpOptions = {},
): Attachment {
  checkOptions('options', options)
  const { mode } = options
  if (mode !== undefined) checkChoice('mode', mode, ['generic'])
  const flags = mode === 'generic' ? XDP_FLAGS_SKB_MODE : 0
  checkInterface(networkInterface)
  return link(program, `XDP of '${networkInterface}'`, {
    type: BPF_XDP,
    target: (system) => interfaceIndex(system, networkInterface),
    flags,
    hints: { EBUSY: 'the interface has an XDP program already', EINVAL: 'the program is of another type' },
  })
}

/**
 * Runs a sched_cls program on every packet that a network interface receives (`ingress`) or sends (`egress`), by
 * TCX, which Linux has from 6.6 on. Older kernels want a clsact queue and netlink, which is not here.
 */
export function attachTc(
  program: KernelProgram,
  networkInterface: string,
  direction: 'ingress' | 'egress',
): Attachment {
  if (direction !== 'ingress' && direction !== 'egress') {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `direction '${String(direction)}' must be ingress or egress`,
      {
        value: String(direction),
      },
    )
  }
  checkInterface(networkInterface)
  return link(program, `tc ${direction} of '${networkInterface}'`, {
    type: direction === 'ingress' ? BPF_TCX_INGRESS : BPF_TCX_EGRESS,
    target: (system) => interfaceIndex(system, networkInterface),
    hints: { EINVAL: 'the program is of another type, or this kernel has no TCX (Linux 6.6)' },
  })
}

interface LinkTo {
  /** BPF_* attach type. */
  readonly type: number
  readonly target: (system: System) => number
  readonly flags?: number
  readonly hints: Readonly<Record<string, string>>
}

/** A link of the kernel: it attaches for as long as its descriptor is open. */
function link(program: KernelProgram, what: string, { type, target, flags = 0, hints }: LinkTo): Attachment {
  checkHolder('program', program)
  const system = loadSystem()
  const attributes = new Attributes(system, 16)
    .u32(0, program.fd)
    .u32(4, target(system))
    .u32(8, type)
    .u32(12, flags)
  const fd = bpf(system, 'BPF_LINK_CREATE', attributes, what, { EPERM: 'needs CAP_NET_ADMIN', ...hints })
  return Attachment.by(what, new Descriptor(system, fd, what))
}

/** By the kernel's rule; the name becomes a part of a path. */
function checkInterface(name: string): void {
  if (typeof name === 'string' && /^[^/\0\s]{1,15}$/.test(name) && !name.startsWith('.')) return
  throw new RingbufError('ERR_INVALID_ARGUMENT', `'${String(name)}' is no name of a network interface`, {
    value: String(name),
    limit: 15,
  })
}

function interfaceIndex(system: System, name: string): number {
  return readNumber(system, `/sys/class/net/${name}/ifindex`, {
    ENOENT: 'there is no such network interface',
  })
}

/** A file of the kernel that holds one number. */
export function readNumber(system: System, path: string, hints: Readonly<Record<string, string>>): number {
  const fd = must(system.open(path, O_RDONLY | O_CLOEXEC, 0), 'open', path, hints)
  const bytes = new Uint8Array(64)
  const count = system.read(fd, bytes)
  system.close(fd)
  return Number.parseInt(new TextDecoder().decode(bytes.subarray(0, must(count, 'read', path))), 10)
}
