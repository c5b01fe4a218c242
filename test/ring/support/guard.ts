import { Worker } from 'node:worker_threads'

/**
 * Runs a worker that posts one answer, and fails when none comes in time. What may turn into an endless
 * loop runs like this: nothing else can interrupt it.
 */
export function mustAnswer<T>(url: URL, workerData: unknown, timeoutMs = 30_000): Promise<T> {
  const worker = new Worker(url, { workerData })
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer after ${timeoutMs} ms: ${JSON.stringify(workerData)}`))
      void worker.terminate()
    }, timeoutMs)
    worker.once('message', (answer: T) => {
      clearTimeout(timer)
      resolve(answer)
      void worker.terminate()
    })
    worker.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}
