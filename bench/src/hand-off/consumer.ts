/**
 * The consuming side: takes records, checks them, watches the clock, ends the run.
 *
 * When the window closes it sets STOP and goes on until all that was produced has arrived: what is missing then was
 * lost, and the run fails.
 */
import type { EventConsumer, PollingConsumer } from '../contestant.js'
import { ManySequencesCheck, SequenceCheck } from '../sequence.js'
import { DONE, PRODUCED, STOP } from './control.js'
import type { Window } from './window.js'

/** Most records that one turn may take, so that the clock is looked at while the ring never runs empty. */
const DRAIN_LIMIT = 256
/** Turns between two looks at the clock; a turn is one record or many. */
const TURNS_PER_CLOCK = 256
/** Empty turns after the producers ended until records count as lost. */
const EMPTY_TURNS_AT_END = 1000
/** Events between two looks at the clock. */
const EVENTS_PER_CLOCK = 64

/** Asks again and again; the thread does nothing else. */
export function consumeByPolling(
  side: PollingConsumer,
  control: Int32Array,
  window: Window,
  producers: number,
): void {
  const check = producers === 1 ? new SequenceCheck() : new ManySequencesCheck(producers)
  for (let turn = 1; ; turn++) {
    side.drain(check, DRAIN_LIMIT)
    if (turn % TURNS_PER_CLOCK === 0 && window.isOverWith(check.received)) break
  }
  Atomics.store(control, STOP, 1)
  let empty = 0
  while (empty < EMPTY_TURNS_AT_END) {
    const ended = Atomics.load(control, DONE) === producers
    if (side.drain(check, DRAIN_LIMIT) === 0 && ended) empty++
  }
  mustBeComplete(check, control)
}

/** Lets the event loop bring the records. Records that never come leave the promise open: the run then times out. */
export function consumeByEvents(side: EventConsumer, control: Int32Array, window: Window): Promise<void> {
  const check = new SequenceCheck()
  return new Promise((resolve) => {
    let over = false
    const endIfComplete = () => {
      if (Atomics.load(control, DONE) === 0 || check.received < Atomics.load(control, PRODUCED)) {
        setTimeout(endIfComplete, 1)
        return
      }
      side.close()
      mustBeComplete(check, control)
      resolve()
    }
    side.listen((sequence) => {
      check.take(sequence)
      if (over || check.received % EVENTS_PER_CLOCK !== 0 || !window.isOverWith(check.received)) return
      over = true
      Atomics.store(control, STOP, 1)
      endIfComplete()
    })
  })
}

function mustBeComplete(check: SequenceCheck, control: Int32Array): void {
  const produced = Atomics.load(control, PRODUCED)
  if (check.received !== produced) throw new Error(`${check.received} of ${produced} records came out`)
}
