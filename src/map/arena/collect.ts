/**
 * Which maps nobody needs any more: no user has them open, and no map of maps that lives has them.
 * That is found out anew each time, so there is no count that somebody who dies could leave wrong.
 */
import type { Share } from './share.js'
import { type Entry, entries, freeEntry, holders } from './table.js'

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
  const unheld = all.filter(({ place }) => holders(share, place).length === 0)
  if (unheld.length === 0) return false
  const needed = new Set(all.flatMap((entry) => (entry.inner ? [...idsIn(entry)] : [])))
  const free = unheld.filter(({ id }) => !needed.has(id))
  for (const { place } of free) freeEntry(share, place)
  return free.length > 0
}
