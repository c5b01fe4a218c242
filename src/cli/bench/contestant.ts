import type { Transferable } from 'node:worker_threads'
import type { Inspector } from './run/inspector.js'
import type { Task } from './run/task.js'

/**
 * Who is measured. All share one harness (run/): its threads, loops, clocks and checks. A contestant only says how a
 * record goes in, and how it comes out.
 *
 *   produce (a thread each, or another process) ──record──► transport ──► consume (a thread): Inspector
 *
 * `Shared` is what the threads get. It is cloned for each, and what cannot be cloned is moved.
 */
export interface Contestant<Shared = unknown> {
  readonly name: string
  /** One line for the legend. */
  readonly about: string
  /** Whether it is a ring of this package. */
  readonly ours: boolean
  /** Where its producers live. Those of another process are started by the consumer: see child.ts. */
  readonly producers: 'threads' | 'process'
  /**
   * Makes the transport, in the main thread.
   *
   * @throws RingbufError when it cannot be here
   */
  share(task: Task): Shares<Shared>
  /** In a producer's thread: `record` is what the harness fills, always the same. */
  produce(shared: Shared, task: Task, record: Float64Array<ArrayBuffer>): ProducerEnd
  /**
   * In the consumer's thread. What it answers is called when all stand ready: shows all records to the inspector, which
   * says when it is over and when it is complete.
   */
  consume(shared: Shared, task: Task, inspector: Inspector): () => void | Promise<void>
}

export interface Shares<Shared> {
  readonly consumer: Shared
  readonly producer: (producer: number) => Shared
  readonly transfer?: {
    readonly consumer: readonly Transferable[]
    readonly producer: (producer: number) => readonly Transferable[]
  }
  /** Gives back what is not collected by itself. The threads have ended. */
  close?(): void
}

export interface ProducerEnd {
  /** Puts the record in, and answers how many records that made: 0 when there is no room now. */
  push(): number
  /** Waits until there may be room; answers false when nobody will take any more. */
  waitForRoom(): boolean | Promise<boolean>
  /** Lets the event loop turn, where the records or the word to stop need it. */
  turn?(): Promise<void>
  /** After the last record. */
  end?(): void | Promise<void>
}
