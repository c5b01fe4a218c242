import type { Race } from './races.js'

/** Races that may be, and why. All others are mistakes: both places must be named. */
const ALLOWED: readonly { readonly races: readonly RegExp[]; readonly why: string }[] = [
  {
    races: [/^(\[C2\] scan|(\[W2\] )?isReady|countReady) atomicLoad( \d)? × (begin|claimUnclean) store$/],
    why: 'a claimed header that is being written: whichever word is seen, it is busy',
  },
  {
    races: [/^(begin|claimUnclean) store × (countReady|isReady) atomicLoad( \d)?$/],
    why: 'the same',
  },
  {
    races: [/^begin store × committedEnd atomicLoad$/, /^committedEnd atomicLoad × freeClean fill$/],
    why: 'a flush that looks how far it is to wait: what is being released or written there reads as busy',
  },
  {
    races: [
      /^\[S1\] publish compareExchange × (busyWord load|freeClean fill)$/,
      /^busyWord load( 2)? × freeClean fill$/,
    ],
    why: 'a second commit of the same record, by another thread',
  },
  {
    races: [/^busyWord load( 2)? × claimUnclean store( \d)?$/],
    why: 'a commit of what nobody has reserved, where memory is being made to read as busy',
  },
  {
    races: [
      /^(begin store( 2)?|producer store|\[S1\] publish compareExchange) × reader load$/,
      /^begin store × reader atomicLoad$/,
    ],
    why: 'a reader of a ring that is being overwritten believes what it has read only after a survey',
  },
  {
    races: [
      /^keepPromise (load|store) × keepPromise store$/,
      /^(keepPromise|copy) store( \d)? × recoverSlot load( \d)?$/,
      /^copy store( \d)? × copy store( \d)?$/,
      /^accounted load × copy store$/,
      /^breakPromise store × keepPromise (load|store)$/,
      /^promise store × recoverSlot load$/,
      /^\[S6\] publishPromised compareExchangePair × (takeBack load 2|beginPromised store)$/,
      /^(\[R5\] takeBack compareExchangePair|\[S6\] publishPromised compareExchangePair) × (isOwn load|busyWord load( 2)?)$/,
      /^(\[T8\] beginPromised atomicStore|beginPromised store) × (isOwn load|busyWord load( 2)?)$/,
    ],
    why: 'a producer that was declared gone and goes on: both write the same, its slot is nobody else’s, and [S6] decides',
  },
]

export function mayRace({ name }: Race): boolean {
  return ALLOWED.some(({ races }) => races.some((race) => race.test(name)))
}

/** Those that allow none of these names. */
export function unusedAllowances(names: readonly string[]): string[] {
  return ALLOWED.flatMap(({ races }) => races)
    .filter((race) => !names.some((name) => race.test(name)))
    .map(String)
}
