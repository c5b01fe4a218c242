/** Starts the parts of a run, as threads or as processes, and hears their reports. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { PartReport, PartResult, PartTask } from './part.js'

const PART = new URL('./part.js', import.meta.url)

export interface Part {
  /** Whether it stands where it should. */
  readonly ready: Promise<boolean>
  readonly done: Promise<PartResult>
  go(): void
}

/** What threads and processes have in common. */
interface Messenger {
  on(event: 'message', listener: (message: PartReport) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'exit', listener: (code: number | null) => void): unknown
}

export function startThread(task: PartTask): Part {
  const worker = new Worker(PART, { workerData: task })
  return { ...hear(worker), go: () => worker.postMessage('go') }
}

/** `fd` is the ring's descriptor here; the process has it under the next number behind its channel. */
export function startProcess(task: Omit<PartTask, 'ring'>, fd: number): Part {
  const ring = 4
  const child = fork(fileURLToPath(PART), [JSON.stringify({ ...task, ring } satisfies PartTask)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc', fd],
  })
  return { ...hear(child), go: () => child.send('go') }
}

function hear(messenger: Messenger): Omit<Part, 'go'> {
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const ready = new Promise<boolean>((resolve) => {
    messenger.on('message', (message) => {
      if (message.type === 'ready') resolve(message.pinned)
    })
  })
  // Not before it has ended: only then does the time count that its process took.
  const done = new Promise<PartResult>((resolve) => {
    let result: PartResult | undefined
    messenger.on('message', (message) => {
      if (message.type === 'done') result = message
    })
    messenger.on('exit', (code) => {
      if (result) resolve(result)
      else fail(new Error(`a part of the run ended with code ${code}`))
    })
  })
  messenger.on('error', fail)
  // Whoever waits for one of the two hears of it.
  failed.catch(() => {})
  return { ready: Promise.race([ready, failed]), done: Promise.race([done, failed]) }
}
