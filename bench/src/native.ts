/**
 * The C programs of bench/native: compiled when they are first needed, and again after they were changed.
 *
 * Where one cannot be had, the reason is a sentence and not an exception: its contestants are then absent.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RingbufsSettings } from './ringbufs/options.js'

export type NativeProgram =
  | 'bench_ringbufs'
  | 'c_best'
  | 'c_kernel'
  | 'c_lean'
  | 'c_struct'
  | 'kernel_ring'
  | 'pingpong'

/** What native/settings.h reads. */
export interface NativeSettings {
  readonly bytes?: number
  readonly producers?: number
  readonly batch?: number
  /** 1: the consumer waits 2 us after it found the ring empty. */
  readonly paced?: number
  /** 1: in `wake-up` the consumer never sleeps. */
  readonly poll?: number
  /** Records a second, of `loaded` and `offered`. */
  readonly rate?: number
  /** Bytes of the ring; 1 MiB if it does not say. */
  readonly ring?: number
  /** Of `offered`: ns that the consumer works on each record, and 1 if records come in bursts. */
  readonly work?: number
  readonly bursts?: number
}

const SOURCES = fileURLToPath(new URL('../native/', import.meta.url))
const BUILD = fileURLToPath(new URL('../.build/', import.meta.url))

/** Path of the executable. Only meaningful after `whyNotNative` answered null. */
export function nativePath(program: NativeProgram): string {
  return `${BUILD}${program}`
}

export function nativeArguments(settings: NativeSettings | RingbufsSettings = {}): string[] {
  return Object.entries(settings).map(([name, value]) => `${name}=${value}`)
}

const answers = new Map<string, string | null>()

/**
 * Compiles the program if need be and lets it try itself; the reason why it cannot run here, or null. What only a part
 * of it needs has a question of its own.
 */
export function whyNotNative(program: NativeProgram, question = 'probe'): string | null {
  const key = `${program} ${question}`
  let answer = answers.get(key)
  if (answer === undefined) {
    answer = compile(program) ?? (program === 'pingpong' ? null : probe(program, question))
    answers.set(key, answer)
  }
  return answer
}

function compile(program: NativeProgram): string | null {
  if (process.platform !== 'linux') return 'the native programs need Linux'
  if (isFresh(program)) return null
  mkdirSync(BUILD, { recursive: true })
  try {
    const source = `${SOURCES}${program}.c`
    execFileSync('gcc', ['-O2', '-pthread', '-o', nativePath(program), source, '-lm'], { stdio: 'pipe' })
    return null
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer }
    if (code === 'ENOENT') return 'no gcc: install one, on Debian with "apt-get install gcc libc6-dev"'
    const complaint = stderr
      ?.toString()
      .split('\n')
      .find((line) => line.includes('error'))
    return `gcc could not compile ${program}.c: ${complaint ?? error}`
  }
}

/** Newer than its source and every header? There are few headers: all of them count for all programs. */
function isFresh(program: NativeProgram): boolean {
  const built = statSync(nativePath(program), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const ingredients = readdirSync(SOURCES).filter((file) => file.endsWith('.h') || file === `${program}.c`)
  return ingredients.every((file) => statSync(`${SOURCES}${file}`).mtimeMs < built)
}

function probe(program: NativeProgram, question: string): string | null {
  try {
    const line = execFileSync(nativePath(program), [question], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return (JSON.parse(line) as { absent?: string }).absent ?? null
  } catch (error) {
    return `${program} failed its probe: ${String(error)}`
  }
}

/** First line of `gcc --version`, for the machine line. */
export function gccVersion(): string | null {
  try {
    return execFileSync('gcc', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? null
  } catch {
    return null
  }
}
