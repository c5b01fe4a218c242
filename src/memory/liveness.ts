/**
 * Whether a thread, of this process or another, still lives: by what Linux tells in /proc. Where there is no
 * /proc, nobody is ever found to be gone. See proc(5).
 */
import { builtin } from '../system/runtime.js'

/** Which thread it is, for as long as the machine runs. */
export interface ThreadIdentity {
  readonly process: number
  readonly thread: number
  /** Inode of the namespace that these numbers are of; 0: unknown. */
  readonly namespace: number
  /** When it started, in ticks since the machine booted, as a number of 64 bits: numbers are used again. */
  readonly startLow: number
  readonly startHigh: number
  /** Where the stack of its program lies: another address after each execve(2). 0: nobody was told. */
  readonly image: number
}

interface FileSystem {
  readFileSync(path: string, encoding: 'latin1'): string
  readlinkSync(path: string): string
}

interface Host {
  readonly process?: { kill(pid: number, signal: 0): unknown }
}

const NOBODY: ThreadIdentity = { process: 0, thread: 0, namespace: 0, startLow: 0, startHigh: 0, image: 0 }

let own: ThreadIdentity | undefined

/** Who this thread is; all zeros where nobody can tell. */
export function thisThread(): ThreadIdentity {
  own ??= findOwn() ?? NOBODY
  return own
}

function findOwn(): ThreadIdentity | undefined {
  const files = builtin<FileSystem>('node:fs')
  if (!files) return undefined
  try {
    const [, process, thread] = /^(\d+)\/task\/(\d+)$/.exec(files.readlinkSync('/proc/thread-self')) ?? []
    const [, namespace] = /\[(\d+)\]$/.exec(files.readlinkSync('/proc/self/ns/pid')) ?? []
    const stat = readStat(files, Number(process), Number(thread))
    if (!stat || namespace === undefined || !areOwnNumbers(files)) return undefined
    const { startLow, startHigh, image } = stat
    return {
      process: Number(process),
      thread: Number(thread),
      namespace: Number(namespace),
      startLow,
      startHigh,
      image,
    }
  } catch {
    return undefined
  }
}

/**
 * Whether /proc tells numbers of the namespace that this thread is in: whoever has entered a new one may still see the
 * /proc of the old. There it has a number for each of both.
 */
function areOwnNumbers(files: FileSystem): boolean {
  const status = files.readFileSync('/proc/thread-self/status', 'latin1')
  return !/^NSpid:\t\d+\t/m.test(status)
}

/** Whether this thread certainly lives no more. */
export function isGone({ process, thread, namespace, startLow, startHigh, image }: ThreadIdentity): boolean {
  const files = builtin<FileSystem>('node:fs')
  if (!files || namespace === 0 || namespace !== thisThread().namespace) return false
  try {
    const stat = readStat(files, process, thread)
    if (!stat) return false
    // It has ended and waits to be noticed, or another has its number by now, or another program its process.
    return (
      /[ZXx]/.test(stat.state) ||
      stat.startLow !== startLow ||
      stat.startHigh !== startHigh ||
      (stat.image !== image && stat.image !== 0 && image !== 0)
    )
  } catch (error) {
    return isMissing(error) && !isHidden(files, process)
  }
}

/** The same of a thread of which only the number is known, in this thread's own namespace. */
export function isThreadGone(thread: number): boolean {
  const files = builtin<FileSystem>('node:fs')
  if (!files || thisThread().namespace === 0) return false
  try {
    return /[ZXx]/.test(readStat(files, thread, thread)?.state ?? '')
  } catch (error) {
    return isMissing(error) && !isHidden(files, thread)
  }
}

/**
 * State, start and start of the stack: the 3rd, the 22nd and the 28th field; the 2nd is the thread's name, in which
 * there may be anything. The 28th is 0 for those who may not trace it.
 */
function readStat(files: FileSystem, process: number, thread: number) {
  const text = files.readFileSync(`/proc/${process}/task/${thread}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const [start, stack] = [fields[19], fields[25]]
  if (state === undefined || start === undefined || stack === undefined) return undefined
  const ticks = BigInt(start)
  return {
    state,
    startLow: Number(ticks & 0xffff_ffffn),
    startHigh: Number(ticks >> 32n),
    // What is random of an address lies above its lowest bits, and below the 36th.
    image: Number((BigInt(stack) >> 4n) & 0xffff_ffffn),
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'ENOENT' || code === 'ESRCH'
}

/**
 * Whether a process lives, and its mount of /proc hides it from this one: because it is another user's, or may
 * not be traced, as a program with capabilities. Signals still tell it apart from none.
 */
function isHidden(files: FileSystem, process: number): boolean {
  const host = globalThis as Host
  try {
    host.process?.kill(process, 0)
  } catch (error) {
    if (isMissing(error)) return false
  }
  try {
    files.readFileSync(`/proc/${process}/stat`, 'latin1')
    return false
  } catch {
    return true
  }
}
