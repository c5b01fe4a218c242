import { spawnSync } from 'node:child_process'
import { release } from 'node:os'
import { fileURLToPath } from 'node:url'

/** A program for the kernel to judge. */
export interface Request {
  readonly bytes: Uint8Array
  /** BPF_PROG_TYPE_*; 1, a socket filter, unless given. */
  readonly type?: number
  /** By name: type, key bytes, value bytes, entries. */
  readonly maps?: Readonly<Record<string, readonly [number, number, number, number]>>
  /** Instructions that take the descriptor of a map. */
  readonly places?: readonly (readonly [slot: number, map: string])[]
  /** Run it once, if it loads, over these bytes; and read what it wrote into a ring. */
  readonly run?: { readonly data: Uint8Array; readonly ring?: string }
}

export interface Answer {
  /** 0, or why the kernel refused the program. */
  readonly errno: number
  /** What the verifier said, at its most verbose. */
  readonly log: string
  /** What the run answered. */
  readonly returned: number | null
  /** Data of the ring, up to the producer position. */
  readonly ring: Uint8Array | null
}

/** BPF_MAP_TYPE_*, as far as tests need them. */
export const ARRAY = 2
export const RINGBUF = 27

const script = fileURLToPath(new URL('../../../../test/bytecode/support/kernel.py', import.meta.url))

/** Whether the kernel lists all instructions before it looks at them, and knows all that we know. */
export const IS_RECENT = isAtLeast(6, 16)

/** Why the kernel cannot be asked here; false if it can. */
export const MISSING: string | false = findMissing()

/** Asks the kernel, all at once: starting the helper takes longer than loading a thousand programs. */
export function askKernel(requests: readonly Request[]): Answer[] {
  return ask(requests.map((request) => ({ ...request, bytes: hex(request.bytes), run: runOf(request) })))
}

function runOf({ run }: Request): object | null {
  return run ? { data: hex(run.data), ring: run.ring ?? null } : null
}

function ask(requests: readonly object[]): Answer[] {
  const command = process.getuid?.() === 0 ? ['python3', script] : ['sudo', '-n', 'python3', script]
  const { stdout, stderr, status, error } = spawnSync(command[0] as string, command.slice(1), {
    input: JSON.stringify(requests),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  })
  if (error) throw error
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1))
  const answers = JSON.parse(stdout) as (Omit<Answer, 'ring'> & { ring: string | null })[]
  return answers.map((answer) => ({
    ...answer,
    ring: answer.ring === null ? null : new Uint8Array(Buffer.from(answer.ring, 'hex')),
  }))
}

function findMissing(): string | false {
  if (process.platform !== 'linux') return `bpf(2) is Linux's, and this is ${process.platform}`
  try {
    const [answer] = ask([{ probe: true }])
    return answer?.errno === 0 ? false : `bpf(2) refuses the simplest program: errno ${answer?.errno}`
  } catch (error) {
    return `the helper that calls bpf(2) does not run: ${(error as Error).message}`
  }
}

function isAtLeast(major: number, minor: number): boolean {
  const [here = 0, below = 0] = release().split('.').map(Number)
  return here > major || (here === major && below >= minor)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
