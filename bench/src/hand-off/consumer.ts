/**
 * The consuming side: takes records, checks them, watches the clock, ends the run.
 *
 * When the window closes it sets STOP and goes on until all that was produced has arrived: what is missing then was
 * lost, and the run fails.
 */
import type { EventConsumer, HandOffConsumer, LoopingConsumer, PollingConsumer } from '../contestant.js'
import { checkFor, checkOf } from '../sequence.js'
import { awaitProducers, DONE, mustBeComplete, PRODUCED, STOP, type WorkerTask } from '../threads/control.js'
import { Window } from './window.js'

/** Most records that one turn may take, so that the clock is looked at while the ring never runs empty. */
const DRAIN_LIMIT = 256
/** Turns between two looks at the clock; a turn is one record or many. */
const TURNS_PER_CLOCK = 256
/** The same for a consumer with a loop of its own: its turns may be long. */
const LOOPS_PER_CLOCK = 64
/** Empty turns after the producers ended until records count as lost. */
const EMPTY_TURNS_AT_END = 1000
/** Events between two looks at the clock. */
const EVENTS_PER_CLOCK = 64

export interface Consumed {
  readonly perSecond: number
}

export async function consumeHandOff(
  side: HandOffConsumer,
  { rings = 1 }: { readonly rings?: number },
  { control, producers, warmUpSeconds, seconds }: WorkerTask,
): Promise<Consumed> {
  const window = new Window(warmUpSeconds, seconds)
  if ('drain' in side) consumeByPolling(side, control, window, producers)
  else if ('run' in side) await consumeByLoop(side, control, window, rings)
  else await consumeByEvents(side, control, window, producers)
  return { perSecond: window.perSecond }
}

/** Asks again and again; the thread does nothing else. */
function consumeByPolling(
  side: PollingConsumer,
  control: Int32Array,
  window: Window,
  producers: number,
): void {
  const check = checkOf(producers)
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
  mustBeComplete(check.received, control)
}

/** Lets the contestant wait as it likes; its only producer ends it. */
export async function consumeByLoop(
  side: LoopingConsumer,
  control: Int32Array,
  window: Window,
  rings: number,
): Promise<void> {
  const check = checkFor(rings)
  let turns = 0
  let over = false
  await side.run(check, () => {
    if (++turns % LOOPS_PER_CLOCK !== 0 || over || !window.isOverWith(check.received)) return
    over = true
    Atomics.store(control, STOP, 1)
  })
  awaitProducers(control, 1)
  mustBeComplete(check.received, control)
}

/** Lets the event loop bring the records. Records that never come leave the promise open: the run then times out. */
function consumeByEvents(
  side: EventConsumer,
  control: Int32Array,
  window: Window,
  producers: number,
): Promise<void> {
  const check = checkOf(producers)
  return new Promise((resolve) => {
    let over = false
    const endIfComplete = () => {
      if (Atomics.load(control, DONE) < producers || check.received < Atomics.load(control, PRODUCED)) {
        setTimeout(endIfComplete, 1)
        return
      }
      side.close()
      mustBeComplete(check.received, control)
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
