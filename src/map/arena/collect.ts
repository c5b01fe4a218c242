/**
 * Which maps nobody needs any more: no user has them open, no pin names them, and no map of maps that lives has them.
 * That is found out anew each time, so there is no count that somebody who dies could leave wrong.
 */
import { ENTRY_PINNED } from '../../abi/arena.js'
import type { Share } from './share.js'
import { word } from './share.js'
import { type Entry, entries, entryAt, freeEntry, holders } from './table.js'

/**
 * Frees the memory of maps that nobody needs. Under the arena's lock.
 *
 * @param idsIn the ids that a map of maps holds; of others none
 */
export function collect(share: Share, idsIn: (entry: Entry) => Iterable<number>): void {
  // A map of maps that goes lets go of those in it, which go with the next round.
  while (collectOnce(share, idsIn)) {}
}

function collectOnce(share: Share, idsIn: (entry: Entry) => Iterable<number>): boolean {
  const all = entries(share)
  const unheld = all.filter(
    ({ place }) =>
      holders(share, place).length === 0 && word(share, entryAt(share, place) + ENTRY_PINNED) === 0,
  )
  if (unheld.length === 0) return false
  const needed = new Set(all.flatMap((entry) => (entry.inner ? [...idsIn(entry)] : [])))
  const free = unheld.filter(({ id }) => !needed.has(id))
  for (const { place } of free) freeEntry(share, place)
  return free.length > 0
}
