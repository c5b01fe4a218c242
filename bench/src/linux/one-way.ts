/**
 * Somebody else, mostly another process, sends numbered records until it is told to stop; this thread receives them.
 *
 *   sender (cpu0) ──► ring or socket ──► this thread (cpu1): checks, counts, looks at the clock, ends the run
 *
 * The figure is million records received a second.
 */
import type { Measured, SideFigures } from '../contestant.js'
import { Window } from '../hand-off/window.js'
import { CONSUMER_CPU, pinThisThread } from '../pin.js'

export interface OneWayMeasurement {
  readonly kind: 'one-way'
  /** Starts the sender, which may send at once. */
  open(): Promise<OneWay>
}

export interface OneWay {
  /** Whether the sender is bound to its cpu. */
  readonly pinned: boolean
  /**
   * Receives until `isOver` says so, which it asks now and then with the number of records so far. Checks the numbers
   * of the records.
   */
  receive(isOver: (received: number) => boolean): void | Promise<void>
  /** Ends the sender, receives what is left, and throws if anything is missing that was not dropped. */
  end(): Promise<SideFigures>
}

export async function measureOneWay(
  { open }: OneWayMeasurement,
  warmUpSeconds: number,
  seconds: number,
): Promise<Measured> {
  const pinned = pinThisThread(CONSUMER_CPU)
  const oneWay = await open()
  const window = new Window(warmUpSeconds, seconds)
  await oneWay.receive((received) => window.isOverWith(received))
  const extra = await oneWay.end()
  return { value: window.perSecond / 1e6, pinned: pinned && oneWay.pinned, extra }
}
