/** What this kernel can do, tried out: each answer comes from asking for the thing itself. */
import { RingbufError, type RingbufErrorCode } from '../abi/error.js'
import { BPF_F_RB_OVERWRITE } from '../abi/flags.js'
import { ProgramBuilder } from '../bytecode/builder.js'
import { HELPERS, type HelperName } from '../bytecode/helpers.js'
import { r0 } from '../bytecode/register.js'
import { createMap } from './create-map.js'
import { loadProgram } from './load-program.js'
import { checkMapType, holdsMaps, type MapType } from './map-type.js'
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
    const isRing = type === 'ringbuf' || type === 'user_ringbuf'
    const isList = type === 'queue' || type === 'stack' || type === 'bloom_filter'
    using _ = createMap({
      type,
      maxEntries: isRing ? PAGE : 1,
      ...(isList && { keySize: 0 }),
      ...(type === 'lpm_trie' && { keySize: 8, flags: BPF_F_NO_PREALLOC }),
      ...((type === 'cgroup_storage' || type === 'percpu_cgroup_storage') && { keySize: 8, maxEntries: 0 }),
      ...(type === 'stack_trace' && { valueSize: 8 }),
      ...(holdsMaps(type) && { inner }),
    })
  })
}

const BPF_F_NO_PREALLOC = 1

/** Whether rings can overwrite their oldest records (BPF_F_RB_OVERWRITE, Linux 6.19). */
export function probeRingOverwrite(): Probe {
  return tried(() => {
    using _ = createMap({ type: 'ringbuf', maxEntries: PAGE, flags: BPF_F_RB_OVERWRITE })
  })
}

/** Whether programs of this type can be loaded. It loads the shortest there is, and gives it up. */
export function probeProgram(type: ProgramType): Probe {
  return tried(() => {
    using _ = loadProgram({
      type,
      license: 'Dual MIT/GPL',
      program: new ProgramBuilder().mov(r0, 0).exit().build(),
    })
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
  const program = new ProgramBuilder().call(helper).mov(r0, 0).exit().build()
  const probe = tried(() => {
    using _ = loadProgram({ type, license: 'Dual MIT/GPL', program })
  })
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
