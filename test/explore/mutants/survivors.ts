import type { Mutant } from './hunt.js'
import type { Fault } from './mutation.js'

interface Survivor {
  readonly why: string
  readonly places: RegExp
  readonly faults: readonly Fault[]
}

/** Faults that cannot be noticed, by the names of their places, and why not. */
const SURVIVORS: readonly Survivor[] = [
  {
    why: 'called listening though awake: whoever rings notifies for nothing',
    places: /^\[B4\] stopListening and$/,
    faults: ['left out', 'late'],
  },
  {
    why: 'whoever rang in between has changed a sleep word before, and those are looked at behind it',
    places: /^(\[B1\] listen or|\[B4\] stopListening and)$/,
    faults: ['split'],
  },
  {
    why: 'no read comes between it and the next write, so it is not late',
    places:
      /^(\[C6\] advanceTo atomicStore( \d)?|\[C8\] freeAsItIs atomicStore|\[O[12]\] overwrite atomicStore( \d)?|overwrite atomicStore \d|\[T4\] takeUnderLock atomicStore|\[T6\] advancePending atomicStore|drop atomicStore|(\[W8\] )?fallAsleepForMore atomicStore( 2)?)$/,
    faults: ['late'],
  },
  {
    why: 'one consumer at a time writes it, and does not look at what stood there',
    places: /^\[C3\] release exchange$/,
    faults: ['split'],
  },
  {
    why: 'under the lock, and [L2] gives the lock back with an atomic write',
    places: /^\[T6\] advancePending store$/,
    faults: ['held back'],
  },
  {
    why: 'awake but called asleep: whoever commits meanwhile wakes for nothing',
    places: /^(fallAsleep atomicStore 2|fallAsleepForMore atomicStore 4|wakeUp exchange)$/,
    faults: ['left out', 'late', 'split'],
  },
  {
    why: 'of two who rouse the consumer at once both notify; the second for nothing',
    places: /^\[S4\] rouse compareExchange$/,
    faults: ['split', 'late'],
  },
  {
    why: 'between the two steps only a producer changes the word, and then the wait does not begin',
    places: /^\[W7\] fallAsleepForMore compareExchange$/,
    faults: ['split'],
  },
  {
    why: 'the consumer wakes early, never late',
    places: /^isEnough atomicLoad$/,
    faults: ['stale'],
  },
  {
    why: 'waiters are woken for nothing, never forgotten',
    places: /^wakeProducers exchange$/,
    faults: ['left out', 'split', 'late'],
  },
  {
    why: 'it only saves work to look before: what follows looks again',
    places: /^(hasRoom atomicLoad|lock atomicLoad|\[D2\] drop atomicLoad)$/,
    faults: ['stale'],
  },
  {
    why: 'the counters are read again for nothing',
    places: /^\[D3\] takeLossFlag atomicStore$/,
    faults: ['left out'],
  },
  {
    why: 'what was left there reads as busy, too, and [S1] gives the header away',
    places: /^claimUnclean store( 2)?$/,
    faults: ['held back'],
  },
  {
    why: 'for whoever counts busy records, or commits what was never reserved, and no part of the protocol',
    places: /^claimUnclean store 4$/,
    faults: ['left out'],
  },
  {
    why: 'it matters only after 2^31 bytes',
    places: /^keepUp (load|atomicStore)$/,
    faults: ['left out', 'late', 'stale'],
  },
  {
    why: 'a fence has no effect where everything is in order already',
    places: /^(\[O4\] fence atomicLoad|\[O8\] fence atomicStore|fence atomicLoad)$/,
    faults: ['left out', 'late', 'stale'],
  },
  {
    why: 'it copies one record at a time then',
    places: /^\[O7\] committedBefore atomicLoad$/,
    faults: ['stale'],
  },
  {
    why: 'it changes only after 2^32 records, or bytes',
    places: /^(survey atomicLoad 4|overwrite load [45])$/,
    faults: ['stale'],
  },
  {
    why: 'all records are of one size here: what stands at its place now is a record, whose commit wakes it',
    places: /^\[W2\] isOvertaken atomicLoad [23]$/,
    faults: ['stale'],
  },
  {
    why: 'where somebody looks for the oldest record, it matters only to a consumer that was lapped for 2^32 bytes',
    places: /^isOvertaken atomicLoad( \d)?$/,
    faults: ['stale'],
  },
  {
    why: 'no producer is at work meanwhile',
    places: /^oldestPosition atomicLoad 2$/,
    faults: ['stale'],
  },
]

/** Those of recovering from the dead. */
const SURVIVORS_OF_RECOVERY: readonly Survivor[] = [
  {
    why: 'no read comes between it and the next write, so it is not late',
    places:
      /^(\[T8\] beginPromised atomicStore|\[C7\] keepRelease atomicStore|keepRelease atomicStore 2|\[R6\] finishOverwrite atomicStore 4|\[D[45]\] \w+ atomicStore)$/,
    faults: ['late'],
  },
  {
    why: 'the same was stored plainly before; atomic it is for the consumer that reads the counter, as [D1]',
    places: /^\[D4\] keepPromise atomicStore$/,
    faults: ['left out'],
  },
  {
    why: 'under the lock nobody reserves: the name beside a busy word that was just read is still that one',
    places: /^\[R5\] takeBack compareExchangePair$/,
    faults: ['split'],
  },
  {
    why: 'what was promised is done again by who comes next, and changes nothing',
    places: /^keepRelease store$/,
    faults: ['held back'],
  },
]

/** Why nobody can notice a mutant; undefined if somebody should. */
export function whyNot(mutant: Mutant): string | undefined {
  return excuse(SURVIVORS, mutant)
}

/** The same of what recovers, or is recovered from. */
export function whyNotRecovering(mutant: Mutant): string | undefined {
  return excuse(SURVIVORS_OF_RECOVERY, mutant)
}

function excuse(survivors: readonly Survivor[], { place, fault }: Mutant): string | undefined {
  return survivors.find(({ places, faults }) => places.test(place.name) && faults.includes(fault))?.why
}

/** Entries that no mutant belongs to. */
export function unusedExcuses(mutants: readonly Mutant[], of: 'all' | 'recovery' = 'all'): string[] {
  return (of === 'all' ? SURVIVORS : SURVIVORS_OF_RECOVERY)
    .filter(
      ({ places, faults }) =>
        !mutants.some(({ place, fault }) => places.test(place.name) && faults.includes(fault)),
    )
    .map(({ why, places }) => `${places}: ${why}`)
}
