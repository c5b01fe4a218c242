import { type Transferable, Worker } from 'node:worker_threads'
import type { Contestant } from '../contestant.js'
import { type Control, createControl, go, stop } from './control.js'
import type { Figures, Task } from './task.js'

/** What a worker of a run starts with. */
export type Orders = { readonly task: Task; readonly control: Control; readonly shared: unknown } & (
  | { readonly side: 'consumer' }
  | { readonly side: 'producer'; readonly producer: number }
)

/** What it tells: that it stands ready; and a consumer, in the end, what it found. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'figures'; readonly figures: Figures | null }

/** Whoever takes so much longer than the run should take has stopped. */
const GRACE_MS = 20_000

/**
 * Does one run, with threads of its own: what V8 has learned of one contestant tells it nothing about the next.
 * Every thread has ended when this returns.
 *
 * @returns null when it was interrupted before its time was over
 * @throws whatever went wrong in one of the threads; RingbufError as `share` does
 */
export async function runOnce(
  contestant: Contestant,
  task: Task,
  interrupted: AbortSignal,
): Promise<Figures | null> {
  const control = createControl()
  const shares = contestant.share(task)
  const crew: Worker[] = []
  const hire = (orders: Orders, moves: readonly Transferable[] = []) => {
    const thread = new Worker(new URL('./bench-worker.js', import.meta.url), {
      workerData: orders,
      transferList: [...moves],
      name: `${contestant.name} ${orders.side}`,
    })
    crew.push(thread)
    return thread
  }
  const interrupt = () => stop(control)
  let late: NodeJS.Timeout | undefined
  try {
    const { transfer } = shares
    const consumer = hire({ side: 'consumer', task, control, shared: shares.consumer }, transfer?.consumer)
    const producers = contestant.producers === 'threads' ? task.producers : 0
    for (let producer = 0; producer < producers; producer++) {
      const shared = shares.producer(producer)
      hire({ side: 'producer', producer, task, control, shared }, transfer?.producer(producer))
    }
    interrupted.addEventListener('abort', interrupt)
    if (interrupted.aborted) interrupt()
    const failed = Promise.race(crew.map(failureOf))
    const tooLate = new Promise<never>((_, reject) => {
      const ms = task.warmUpMs + task.measuredMs + GRACE_MS
      late = setTimeout(() => reject(new Error(`it did not end within ${Math.round(ms / 1e3)} s`)), ms)
    })
    const figures = figuresOf(consumer)
    const exits = Promise.all(crew.map(exitOf))
    await Promise.race([Promise.all(crew.map(readinessOf)), failed, tooLate])
    go(control)
    const found = await Promise.race([figures, failed, tooLate])
    await Promise.race([exits, tooLate])
    return found
  } finally {
    clearTimeout(late)
    interrupted.removeEventListener('abort', interrupt)
    await Promise.all(crew.map((thread) => thread.terminate()))
    shares.close?.()
  }
}

function readinessOf(thread: Worker): Promise<void> {
  return new Promise((resolve) => {
    thread.on('message', (report: Report) => report.type === 'ready' && resolve())
  })
}

function figuresOf(consumer: Worker): Promise<Figures | null> {
  return new Promise((resolve) => {
    consumer.on('message', (report: Report) => report.type === 'figures' && resolve(report.figures))
  })
}

function exitOf(thread: Worker): Promise<void> {
  return new Promise((resolve) => thread.once('exit', () => resolve()))
}

/** Never fulfilled. */
function failureOf(thread: Worker): Promise<never> {
  return new Promise((_, reject) => {
    thread.once('error', reject)
    thread.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a thread ended too early, with exit code ${code}`))
    })
  })
}
