import { checkOptions, checkWord, isBytes } from '../abi/check.js'
import { EAGAIN, ENOSPC } from '../abi/errno.js'
import { errnoName } from '../abi/errno-names.js'
import { RingbufError } from '../abi/error.js'
import { link, type Program } from '../bytecode/program.js'
import { SLOT_BYTES } from '../bytecode/slot.js'
import { Descriptor } from '../system/descriptor.js'
import { loadSystem } from '../system/load-system.js'
import { Attributes, tryBpf } from './bpf.js'
import { checkDescriptor, checkHolder, checkObjectName, checkText } from './check-argument.js'
import { loadFunctionTypes } from './function-types.js'
import { KernelProgram } from './program.js'
import { capabilitiesOf, PROGRAM_TYPES, type ProgramType } from './program-type.js'
import { readVerifierLog, type VerifierVerdict } from './verifier-log.js'

export interface LoadProgramOptions {
  readonly type: ProgramType
  /** What ProgramBuilder has built; its maps are filled in by their names. */
  readonly program: Program
  /** The program's maps, by name: anything that has a descriptor, or the number. */
  readonly maps?: Readonly<Record<string, number | { readonly fd: number }>>
  /** At most 15 letters, digits, `_` or `.`. Default: none. */
  readonly name?: string
  /**
   * As in the `license` section of a C program. Some helpers want one that is compatible with the GPL; those
   * of ring buffers want none. Default: empty.
   */
  readonly license?: string
  /** BPF_* attach type, for program types that want one at loading. */
  readonly expectedAttachType?: number
  /** BPF_F_* flags of BPF_PROG_LOAD. Default: 0. */
  readonly flags?: number
}

/** The kernel refused a program. Its message is one line; the verifier's whole log is in `log`. */
export class ProgramRefusedError extends RingbufError {
  readonly #log: string
  /** What the verifier was looking at, if it was. */
  readonly instruction: VerifierVerdict['instruction']

  constructor(
    message: string,
    detail: Record<string, number | string>,
    log: string,
    verdict: VerifierVerdict,
  ) {
    super('ERR_PROGRAM_REFUSED', message, detail)
    this.#log = log
    this.instruction = verdict.instruction
  }

  /**
   * All that the verifier said; empty when it was not asked: the kernel refused before. Whoever prints the error is
   * spared it.
   */
  get log(): string {
    return this.#log
  }
}

/**
 * Loads a program into the kernel, after its verifier has proved it. It runs when it is attached, or test-run,
 * and is gone when it is closed and nothing uses it any more.
 *
 * @throws ProgramRefusedError ERR_PROGRAM_REFUSED, with the verifier's log; RingbufError ERR_PROGRAM_INVALID when
 *   a map is missing; ERR_INVALID_ARGUMENT, ERR_NOT_SUPPORTED
 */
export function loadProgram(options: LoadProgramOptions): KernelProgram {
  checkOptions('options', options)
  const { type, program, maps = {}, name = '' } = options
  if (!Object.hasOwn(PROGRAM_TYPES, type)) {
    const known = Object.keys(PROGRAM_TYPES).join(', ')
    throw new RingbufError('ERR_INVALID_ARGUMENT', `program type '${String(type)}' is none of ${known}`, {
      value: String(type),
    })
  }
  checkObjectName(name)
  checkProgram(program)
  checkOptions('maps', maps)
  const { license = '', expectedAttachType = 0, flags = 0 } = options
  checkText('license', license, LICENSE_MOST)
  checkWord('expectedAttachType', expectedAttachType)
  checkWord('flags', flags)
  for (const [map, place] of Object.entries(maps)) {
    if (typeof place === 'number') checkDescriptor(`map '${map}'`, place)
    else checkHolder(`map '${map}'`, place)
  }
  const system = loadSystem()
  const text = link(program, ({ name }) => {
    const map = Object.hasOwn(maps, name) ? maps[name] : undefined
    return typeof map === 'object' ? map.fd : map
  })
  const what = `${type} program${name && ` '${name}'`}`
  const types = loadFunctionTypes(system, program)
  try {
    const load = (log?: Uint8Array) => {
      const attributes = new Attributes(system, LOAD_BYTES)
        .u32(0, PROGRAM_TYPES[type])
        .u32(4, text.length / SLOT_BYTES)
        .pointer(8, text)
        .path(16, license)
        .u32(44, flags)
        .name(48, name)
        .u32(68, expectedAttachType)
      if (log) attributes.u32(24, 1).u32(28, log.length).pointer(32, log)
      if (types) {
        attributes.u32(72, types.btf.fd).u32(76, 8).pointer(80, types.functions)
        attributes.u32(88, types.functions.length / 8)
      }
      // The verifier gives up where a signal is pending, and says so.
      for (let attempt = 1; ; attempt++) {
        const answer = tryBpf(system, 'BPF_PROG_LOAD', attributes)
        if (answer !== -EAGAIN || attempt === ATTEMPTS) return answer
      }
    }
    // Without a log first: it costs more than the verifier itself.
    const answer = load()
    const loaded = answer < 0 ? explain(type, what, answer, load) : answer
    return new KernelProgram(system, new Descriptor(system, loaded, what))
  } finally {
    types?.btf.close()
  }
}

/** The kernel reads 128 bytes, and the last of them is zero. */
const LICENSE_MOST = 127

/** Whether it can be the text of a program. Whatever else is wrong with it the kernel says better. */
function checkProgram(program: Program): void {
  checkOptions('program', program)
  const { bytes, relocations, labels } = program
  const end = isBytes(bytes) ? bytes.length / SLOT_BYTES : -1
  if (end < 0 || !arePlaces(relocations, end - 1) || !arePlaces(labels, end)) {
    throw new RingbufError(
      'ERR_INVALID_ARGUMENT',
      `program must be what ProgramBuilder builds: { bytes, relocations, labels }`,
    )
  }
  if (bytes.length > 0 && bytes.length % SLOT_BYTES === 0) return
  throw new RingbufError(
    'ERR_INVALID_ARGUMENT',
    `program of ${bytes.length} bytes must be whole instructions of ${SLOT_BYTES} bytes, and at least one`,
    { value: bytes.length, limit: SLOT_BYTES },
  )
}

/** Things with a name, each at a slot up to the last. */
function arePlaces(places: unknown, last: number): boolean {
  if (!Array.isArray(places)) return false
  return places.every((place: Partial<Program['labels'][number]> | null | undefined) => {
    const slot = Number.isInteger(place?.slot) ? (place?.slot as number) : -1
    return typeof place?.name === 'string' && slot >= 0 && slot <= last
  })
}

/** Up to func_info_cnt. */
const LOAD_BYTES = 92
const FIRST_LOG_BYTES = 2 ** 16
/** The kernel allows no more. */
const LAST_LOG_BYTES = 2 ** 30 - 1

/** As libbpf: after so many signals in a row it is not the signals. */
const ATTEMPTS = 100

/** Asks again, for the reason. It may be allowed now: then this answers the descriptor. */
function explain(type: ProgramType, what: string, answer: number, load: (log: Uint8Array) => number): number {
  let bytes = new Uint8Array(FIRST_LOG_BYTES)
  for (;;) {
    const again = load(bytes)
    if (again >= 0) return again
    if (again !== -ENOSPC || bytes.length === LAST_LOG_BYTES) break
    bytes = new Uint8Array(Math.min(bytes.length * 4, LAST_LOG_BYTES))
  }
  const end = bytes.indexOf(0)
  const log = new TextDecoder().decode(bytes.subarray(0, end < 0 ? bytes.length : end)).trimEnd()
  const verdict = readVerifierLog(log)
  const { reason, instruction } = verdict
  const errno = errnoName(-answer)
  const needs = `it needs ${capabilitiesOf(type)}; or this kernel allows no such programs`
  const silence = errno === 'EPERM' ? needs : SILENT[errno]
  const where = instruction ? `, at instruction ${instruction.slot}: ${instruction.text}` : ''
  const message = `the kernel refuses the ${what} (${errno}): ${reason || silence || 'it says nothing more'}${where}`
  const detail = { errno, number: -answer, reason, ...(instruction && { instruction: instruction.slot }) }
  throw new ProgramRefusedError(message, detail, log, verdict)
}

/** What it means when the verifier was not even asked. */
const SILENT: Readonly<Record<string, string>> = {
  EAGAIN: 'signals came all the time',
  EINVAL: 'this kernel does not know the type, a flag, or an instruction',
  E2BIG: 'it is too long',
  ENOSYS: 'this kernel has no bpf(2)',
}
