import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { enterProduced } from './control.js'
import type { Inspector } from './inspector.js'
import type { Task } from './task.js'

/** The word to stop. A child that only looks at a ring hears of it when the ring is closed. */
export const STOP_WORD = 'stop'

/** What a child says last: how many records it has put in. */
export interface LastWord {
  readonly produced: number
}

/** Descriptor in the child that a consumer may hand over: of a ring. */
export const HANDED_FD = 4

export interface Child {
  readonly process: ChildProcess
  /** Fulfilled when it has ended and what it has sent is here; its records are in the books then. */
  readonly ended: Promise<void>
  stop(): void
}

/**
 * Starts a process that produces, from the consumer's thread: bench-process.ts. It ends when it is told to, and also
 * when this process dies.
 *
 * @param onMessage sees the messages that are records
 */
export function startChild(
  task: Task,
  { control }: Inspector,
  { stdout = 'ignore', fd }: { readonly stdout?: 'pipe' | 'ignore'; readonly fd?: number } = {},
  onMessage: (message: unknown) => void = () => {},
): Child {
  const stdio: StdioOptions = ['ignore', stdout, 'inherit', 'ipc', ...(fd === undefined ? [] : [fd])]
  const file = fileURLToPath(new URL('./bench-process.js', import.meta.url))
  const child = spawn(process.execPath, [file, JSON.stringify(task), `${process.pid}`], {
    stdio,
    serialization: 'advanced',
  })
  let told = false
  child.on('message', (message) => {
    if (!isLastWord(message)) return onMessage(message)
    told = true
    enterProduced(control, message.produced)
  })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (told) resolve()
      else reject(new Error(`the producing process ended too early, by ${signal ?? `exit code ${code}`}`))
    })
  })
  return {
    process: child,
    ended,
    stop: () => {
      if (child.connected) child.send(STOP_WORD)
    },
  }
}

/** In the child: whether the process that has started it is gone. Another may be its parent from the beginning. */
export function isOrphan(): boolean {
  return process.ppid !== Number(process.argv[3])
}

function isLastWord(message: unknown): message is LastWord {
  return typeof message === 'object' && message !== null && 'produced' in message
}
