import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * Runs a program of its own in a worker thread, as an ES module with the package's names, and answers
 * what it posts. For threads whose globals are changed, which must not be those of the test.
 */
export async function runRemote<T>(program: string, workerData: unknown = undefined): Promise<T> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(withNames(program))}`), {
    workerData,
  })
  try {
    const [answer] = await once(worker, 'message')
    return answer as T
  } finally {
    await worker.terminate()
  }
}

/** A module of a data: URL cannot resolve names, so they are written out. */
function withNames(program: string): string {
  return program.replaceAll("'bpf-ringbuf'", `'${import.meta.resolve('bpf-ringbuf')}'`)
}
