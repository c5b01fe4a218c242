import { BELL_PLACE, SLEEP_ASLEEP, SLEEP_AWAKE, SLEEP_WORD } from '../../abi/region.js'
import { atomicLoad, compareExchange, notify, ringAddress, ringBell, type View, type Word } from './words.js'

/** Whether a consumer whose sleep word says this wants to be woken. */
export function isAsleep(state: Word): boolean {
  return (state & SLEEP_ASLEEP) !== 0
}

/**
 * Wakes the consumer, whatever its sleep word says: whoever changed that in [S4] may have died before [S5]. If
 * it is awake, nobody hears it.
 */
export function rouseAgain(view: View): void {
  if (!rouse(view, SLEEP_AWAKE)) tellSleeper(view)
}

/**
 * Wakes the consumer, if it is asleep, and leaves in the sleep word why. Answers whether this call did
 * it: of several who try at once, one does, and the others find it awake.
 */
export function rouse(view: View, why: Word): boolean {
  const word = (ringAddress(view) + SLEEP_WORD) | 0
  let state = atomicLoad(view, word)
  while (isAsleep(state)) {
    // [S4] The consumer sleeps only while the word says what it wrote in [W1]; then it is told.
    const seen = compareExchange(view, word, state, why)
    if (seen === state) {
      tellSleeper(view)
      return true
    }
    state = seen
  }
  return false
}

function tellSleeper(view: View): void {
  const ring = ringAddress(view)
  // [S5] Where it sleeps, it has said before [W1]: on the word itself, or on the bell of many rings.
  const bell = atomicLoad(view, (ring + BELL_PLACE) | 0)
  if (bell === 0) notify(view, (ring + SLEEP_WORD) | 0, 1)
  else ringBell(view, bell)
}
