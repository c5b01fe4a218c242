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
}

interface FileSystem {
  readFileSync(path: string, encoding: 'latin1'): string
  readlinkSync(path: string): string
}

interface Host {
  readonly process?: { kill(pid: number, signal: 0): unknown }
}

const NOBODY: ThreadIdentity = { process: 0, thread: 0, namespace: 0, startLow: 0, startHigh: 0 }

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
    if (!stat || namespace === undefined) return undefined
    const { startLow, startHigh } = stat
    return {
      process: Number(process),
      thread: Number(thread),
      namespace: Number(namespace),
      startLow,
      startHigh,
    }
  } catch {
    return undefined
  }
}

/** Whether this thread certainly lives no more. */
export function isGone({ process, thread, namespace, startLow, startHigh }: ThreadIdentity): boolean {
  const files = builtin<FileSystem>('node:fs')
  if (!files || namespace === 0 || namespace !== thisThread().namespace) return false
  try {
    const stat = readStat(files, process, thread)
    if (!stat) return false
    // It has ended and waits to be noticed, or another has its number by now.
    return /[ZXx]/.test(stat.state) || stat.startLow !== startLow || stat.startHigh !== startHigh
  } catch (error) {
    return isMissing(error) && !isHidden(process)
  }
}

/** The same of a thread of which only the number is known, in this thread's own namespace. */
export function isThreadGone(thread: number): boolean {
  const files = builtin<FileSystem>('node:fs')
  if (!files || thisThread().namespace === 0) return false
  try {
    return /[ZXx]/.test(readStat(files, thread, thread)?.state ?? '')
  } catch (error) {
    return isMissing(error) && !isHidden(thread)
  }
}

/** State and start, the 3rd and the 22nd field; the 2nd is the thread's name, in which there may be anything. */
function readStat(files: FileSystem, process: number, thread: number) {
  const text = files.readFileSync(`/proc/${process}/task/${thread}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const start = fields[19]
  if (state === undefined || start === undefined) return undefined
  const ticks = BigInt(start)
  return { state, startLow: Number(ticks & 0xffff_ffffn), startHigh: Number(ticks >> 32n) }
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === 'ENOENT' || code === 'ESRCH'
}

/** A mount of /proc may hide the processes of other users; signals still tell them apart from none. */
function isHidden(process: number): boolean {
  const host = globalThis as Host
  try {
    host.process?.kill(process, 0)
    return false
  } catch (error) {
    return !isMissing(error)
  }
}
