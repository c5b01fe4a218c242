/**
 * Remembers what is open, and where it was opened, when a test asks for it: a descriptor or a mapping that
 * nobody closes is a leak, even if the safety net closes it later.
 */

/** Something that was opened and not closed. */
export interface Opening {
  readonly kind: 'descriptor' | 'mapping' | 'watch'
  /** What it is, in words: `memfd 'events'`. */
  readonly what: string
  /** The stack of whoever opened it. */
  readonly where: string
}

let openings: Set<Opening> | undefined

/** Begins to remember what this thread opens. Answers what is open of it, at any time, and how to end it. */
export function rememberOpenings(): { readonly open: () => readonly Opening[]; readonly end: () => void } {
  const mine = new Set<Opening>()
  openings = mine
  return {
    open: () => [...mine],
    end: () => {
      if (openings === mine) openings = undefined
    },
  }
}

/** Says that something was opened. Answers what to call when it is closed. */
export function opened(kind: Opening['kind'], what: string): () => void {
  const remembered = openings
  if (!remembered) return nothing
  const stack = new Error().stack ?? ''
  // Without the message, this function, and the owner's constructor.
  const opening = { kind, what, where: stack.split('\n').slice(3).join('\n') }
  remembered.add(opening)
  return () => remembered.delete(opening)
}

function nothing(): void {}
