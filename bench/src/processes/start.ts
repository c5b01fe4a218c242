/** Starts senders: processes of their own, or threads of this one. */
import { type ChildProcess, fork, type SerializationType, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { SenderTask } from './task.js'

const SENDER = new URL('./sender.js', import.meta.url)

export function startProcess(task: SenderTask, stdio: StdioOptions): ChildProcess {
  return endedWithUs(spawn(process.execPath, [fileURLToPath(SENDER), JSON.stringify(task)], { stdio }))
}

/** A child with a channel for messages. */
export function forkProcess(task: SenderTask, serialization: SerializationType): ChildProcess {
  return endedWithUs(fork(fileURLToPath(SENDER), [JSON.stringify(task)], { serialization }))
}

/** When a check fails, this process exits at once, and nobody is left who would tell the sender to stop. */
function endedWithUs(sender: ChildProcess): ChildProcess {
  process.on('exit', () => sender.kill('SIGKILL'))
  return sender
}

export function startThread(task: SenderTask): Worker {
  return new Worker(SENDER, { argv: [JSON.stringify(task)] })
}

/** Ends when all have ended. Throws if one did so by an error; not if it was told to end by a signal. */
export async function allEnded(senders: readonly (ChildProcess | Worker)[]): Promise<void> {
  for (const [code] of await Promise.all(senders.map((sender) => once(sender, 'exit')))) {
    if (code !== 0 && code !== null) throw new Error(`a sender ended with ${code}`)
  }
}
