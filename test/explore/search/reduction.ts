/**
 * Partial order reduction: where a thread's next step is about words that no other thread will touch from here on
 * (or only read, if it only reads), it can come first. Every order in which others come first differs from one of
 * those only in steps that nobody can tell apart, and comes to the same.
 *
 * What others will touch is what their points are known to lead to. As with shared words, nobody has to say what that
 * is: if a future grows that was relied on, the search begins again. One in which none did has been right: the first
 * step that was not foreseen would have been come upon behind the step that was put first, since nothing before it
 * has to do with that one.
 *
 * Ends, what threads throw, races, and going round in circles are found all the same.
 */
import { conflicts, type Footprint, footprintOf, NOTHING, union, wordWritten } from '../machine/footprint.js'
import type { Machine, Move } from '../machine/machine.js'

/** As many of these moves as must be tried. */
export function enough(machine: Machine, moves: readonly Move[]): readonly Move[] {
  if (moves.length < 2) return moves
  const futures = machine.behaviours.map((_, thread) => futureOf(machine, thread))
  for (const move of moves) {
    const own = footprint(machine, move)
    if (!own || futures.some((future, thread) => thread !== move.thread && conflicts(own, future))) continue
    for (const [thread, behaviour] of machine.behaviours.entries()) {
      if (thread !== move.thread && !machine.isDead(thread)) behaviour.rely(machine.point(thread), own)
    }
    // A step may be there several times, for each of those whom it may wake; an arrival is one by itself.
    return moves.filter(
      (other) => other.thread === move.thread && other.what === move.what && isSame(move, other),
    )
  }
  return moves
}

function isSame(move: Move, other: Move): boolean {
  return move.what !== 'arrives' || move.which === other.which
}

/** What a move is about; undefined if it cannot come first, because its thread may also die. */
function footprint(machine: Machine, { thread, what, which }: Move): Footprint | undefined {
  if (what === 'dies' || machine.behaviours[thread]?.thread.diesAt !== undefined) return undefined
  const step = what === 'arrives' ? machine.waiting(thread)[which]?.step : machine.point(thread).step
  return step && footprintOf(step)
}

/** All that a thread, alive or dead, may yet do to memory. */
function futureOf(machine: Machine, thread: number): Footprint {
  const { diesAt } = machine.behaviours[thread]?.thread ?? {}
  let future = NOTHING
  if (!machine.isDead(thread)) {
    const point = machine.point(thread)
    future = point.future
    if (diesAt !== undefined && point.step) future = union(future, wordWritten(diesAt))
  }
  for (const { step } of machine.waiting(thread)) future = union(future, footprintOf(step))
  return future
}
