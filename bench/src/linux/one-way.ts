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
  /** How many there are; 1 if it does not say. Several, and their receiver, are not bound to cpus. */
  readonly senders?: number
  /** Starts the sender, which may send at once. */
  open(): Promise<OneWay>
}

export interface OneWay {
  /** Whether the sender is bound to its cpu. */
  readonly pinned: boolean
  /** Whether each sender has been heard of; the window opens after that. Default: they have. */
  begun?(): boolean
  /**
   * Receives until `isOver` says so, which it asks now and then with the number of records so far. Checks the numbers
   * of the records.
   */
  receive(isOver: (received: number) => boolean): void | Promise<void>
  /** Ends the sender, receives what is left, and throws if anything is missing that was not dropped. */
  end(): Promise<SideFigures>
}

export async function measureOneWay(
  { open, senders = 1 }: OneWayMeasurement,
  warmUpSeconds: number,
  seconds: number,
): Promise<Measured> {
  const oneWay = await open()
  // Only now: what was started stays where this thread was, all its helpers included.
  const pinned = senders > 1 || pinThisThread(CONSUMER_CPU)
  let window: Window | undefined
  await oneWay.receive((received) => {
    if (window === undefined && (oneWay.begun?.() ?? true)) window = new Window(warmUpSeconds, seconds)
    return window?.isOverWith(received) ?? false
  })
  const extra = await oneWay.end()
  const value = (window?.perSecond ?? Number.NaN) / 1e6
  return { value, pinned: pinned && oneWay.pinned, extra }
}
