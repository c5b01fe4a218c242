import { quantile } from '../statistics.js'
import { sharedNow } from './clock.js'
import { type Control, DONE, isStopped, PRODUCED, stop } from './control.js'
import { DOUBLE_BYTES, PRODUCER, SENT, SEQUENCE } from './record.js'
import type { Figures, Task } from './task.js'
import { Window } from './window.js'

/** When producers are done and nothing has come for so long, what is missing was lost. */
const LOST_AFTER_MS = 1000

/**
 * Sees every record that comes out: each once, in the order of its producer, whole. Keeps the time, ends the run
 * when it is over, and in the end compares what came out with what went in. What is wrong is thrown.
 */
export class Inspector {
  readonly control: Control
  readonly #task: Task
  readonly #doubles: number
  readonly #due: Float64Array
  readonly #window: Window
  /** How long records were under way, in microseconds; of a flood nobody asks. */
  readonly #delays: number[] | undefined
  #received = 0
  #quietFrom = 0
  #quietWith = -1

  constructor(task: Task, control: Control) {
    this.control = control
    this.#task = task
    this.#doubles = task.bytes / DOUBLE_BYTES
    this.#due = new Float64Array(task.producers)
    this.#window = new Window(task.warmUpMs, task.measuredMs)
    this.#delays = task.pace === 'flood' ? undefined : []
  }

  get received(): number {
    return this.#received
  }

  /** Takes a record that lies at a double of some memory. */
  takeFrom(memory: Float64Array, at: number, doubles: number): void {
    if (doubles !== this.#doubles) throw new Error(`a record of ${doubles * DOUBLE_BYTES} bytes came out`)
    const sequence = memory[at + SEQUENCE] as number
    this.take(
      memory[at + PRODUCER] as number,
      sequence,
      memory[at + doubles - 1] as number,
      memory[at + SENT] as number,
    )
  }

  /** Takes a record whose numbers the caller has read: `last` is the sequence as it stands at the record's end. */
  take(producer: number, sequence: number, last: number, sent: number): void {
    const due = this.#due[producer]
    if (sequence !== due || last !== due) {
      throw new Error(
        `record ${sequence} (${last} at its end) of producer ${producer} came out, ${due} was due`,
      )
    }
    this.#due[producer] = sequence + 1
    this.#received++
    if (this.#delays && this.#window.isOpen) this.#delays.push((sharedNow() - sent) * 1e3)
  }

  /**
   * Looks at the clock; to be called every few records, and when none come. True from when the time is over: then
   * producers are told to stop, and what they have put in has still to be taken.
   */
  isOver(): boolean {
    if (isStopped(this.control)) return true
    if (this.#received === 0 || !this.#window.isOverWith(this.#received)) return false
    stop(this.control)
    return true
  }

  /** Whether all producers are done, and all that they have put in was taken. */
  isComplete(): boolean {
    if (Atomics.load(this.control, DONE) < this.#task.producers) return false
    const produced = Atomics.load(this.control, PRODUCED)
    if (this.#received === produced) return true
    const now = performance.now()
    if (this.#received !== this.#quietWith) {
      this.#quietWith = this.#received
      this.#quietFrom = now
    }
    if (this.#received < produced && now - this.#quietFrom < LOST_AFTER_MS) return false
    throw new Error(`${produced} records went in, ${this.#received} came out`)
  }

  /** Null: the run was ended before its time. */
  figures(): Figures | null {
    const records = this.#received
    const { perSecond } = this.#window
    if (Number.isNaN(perSecond)) return null
    if (!this.#delays) return { value: perSecond / 1e6, records }
    if (this.#delays.length === 0) throw new Error('no record came in the measured time')
    return { value: quantile(this.#delays, 0.5), p99: quantile(this.#delays, 0.99), records }
  }
}
