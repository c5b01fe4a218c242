/** What this kernel can do, tried out: each answer comes from asking for the thing itself. */
import { RingbufError, type RingbufErrorCode } from '../abi/error.js'
import { BPF_F_RB_OVERWRITE } from '../abi/flags.js'
import { ProgramBuilder } from '../bytecode/builder.js'
import { HELPERS, type HelperName } from '../bytecode/helpers.js'
import type { Program } from '../bytecode/program.js'
import { r0 } from '../bytecode/register.js'
import { BPF_F_MMAPABLE, BPF_F_NO_PREALLOC } from '../map/flags.js'
import { checkMapType, holdsMaps, isRing, type MapType } from '../map/map-type.js'
import { createMap } from './create-map.js'
import { type LoadProgramOptions, loadProgram } from './load-program.js'
import type { ProgramType } from './program-type.js'

/** Whether something is supported, and if not, why as far as that can be told. */
export interface Probe {
  readonly supported: boolean
  /** Empty when it is. */
  readonly reason: string
}

const SUPPORTED: Probe = { supported: true, reason: '' }
const PAGE = 4096

/** Whether maps of this type can be made. It makes one, and gives it up. */
export function probeMap(type: MapType): Probe {
  checkMapType(type)
  return tried(() => {
    using inner = createMap({ type: 'array', maxEntries: 1 })
    using _ = createMap({
      type,
      maxEntries: isRing(type) ? PAGE : 1,
      ...(type === 'lpm_trie' && { keySize: 8, flags: BPF_F_NO_PREALLOC }),
      ...((type === 'cgroup_storage' || type === 'percpu_cgroup_storage') && { keySize: 8, maxEntries: 0 }),
      ...(type === 'stack_trace' && { valueSize: 8 }),
      ...(type === 'arena' && { keySize: 0, valueSize: 0, flags: BPF_F_MMAPABLE }),
      ...(holdsMaps(type) && { inner }),
    })
  })
}

/** Whether rings can overwrite their oldest records (BPF_F_RB_OVERWRITE, Linux 6.19). */
export function probeRingOverwrite(): Probe {
  return tried(() => {
    using _ = createMap({ type: 'ringbuf', maxEntries: PAGE, flags: BPF_F_RB_OVERWRITE })
  })
}

/**
 * Whether programs of this type can be loaded. It loads the shortest there is, and gives it up. Those that want the BTF
 * id of what they attach to (tracing, lsm, ext, struct_ops) cannot be, by `loadProgram`.
 */
export function probeProgram(type: ProgramType): Probe {
  const program = new ProgramBuilder().mov(r0, type === 'netfilter' ? NF_ACCEPT : 0).exit()
  return triedProgram(type, program.build())
}

/** What the kernel wants to be told of some types at loading: any of the places that they can attach to. */
const WANTED: Readonly<
  Partial<Record<ProgramType, Pick<LoadProgramOptions, 'expectedAttachType' | 'flags'>>>
> = {
  // BPF_CGROUP_INET4_CONNECT
  cgroup_sock_addr: { expectedAttachType: 10 },
  // BPF_CGROUP_GETSOCKOPT
  cgroup_sockopt: { expectedAttachType: 21 },
  // BPF_LIRC_MODE2
  lirc_mode2: { expectedAttachType: 16 },
  // BPF_SK_LOOKUP
  sk_lookup: { expectedAttachType: 36 },
  // BPF_NETFILTER
  netfilter: { expectedAttachType: 45 },
  // BPF_F_SLEEPABLE
  syscall: { flags: 16 },
}
const NF_ACCEPT = 1

function triedProgram(type: ProgramType, program: Program): Probe {
  return tried(() => {
    using _ = loadProgram({ type, license: 'Dual MIT/GPL', program, ...WANTED[type] })
  })
}

/**
 * Whether programs of this type may call a helper. It has one call it with nothing in its arguments: the verifier
 * says either that there is no such helper here, or what is wrong with them.
 */
export function probeHelper(type: ProgramType, helper: HelperName): Probe {
  if (!Object.hasOwn(HELPERS, helper)) {
    throw new RingbufError('ERR_INVALID_ARGUMENT', `no helper is called '${String(helper)}'`, {
      value: String(helper),
    })
  }
  const probe = triedProgram(type, new ProgramBuilder().call(helper).mov(r0, 0).exit().build())
  if (probe.supported || UNKNOWN_HELPER.test(probe.reason)) return probe
  // It looked at the arguments: so it knows the helper, and allows it.
  return ARGUMENTS.test(probe.reason) ? SUPPORTED : probe
}

const UNKNOWN_HELPER = /invalid func|unknown func|program of this type cannot use helper|not supported/
const ARGUMENTS = /!read_ok|expected=|type=|invalid|R\d/

/** What the kernel says, or the door to it. */
const REFUSALS: readonly RingbufErrorCode[] = ['ERR_SYSTEM', 'ERR_NOT_SUPPORTED', 'ERR_PROGRAM_REFUSED']

function tried(use: () => void): Probe {
  try {
    use()
    return SUPPORTED
  } catch (error) {
    if (error instanceof RingbufError && REFUSALS.includes(error.code)) {
      return { supported: false, reason: error.message }
    }
    throw error
  }
}
