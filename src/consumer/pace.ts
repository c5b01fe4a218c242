/**
 * How long a consumer idles between two looks at the ring.
 *
 * One that looks again at once finds one or two records, and takes the cache line they are in from the
 * producer that is writing the next: each look costs both sides as much as many records. So while
 * records flow, let enough of them gather that the look is worth it; while they do not, look often, for
 * a record that comes alone should not wait. On two machines this carried four to six times as many
 * records as looking without pause.
 *
 * Records flow when they come faster than they can be looked for one by one. That is a matter of their rate, not of
 * their number: ten that came in ten microseconds have been kept waiting for nothing, and a pause that was long
 * because the producer had been held up must not stay long because of them.
 */
export class Pace {
  #loads = SHORTEST_LOADS
  #flowing = false
  /** How long it has idled since the last visit. */
  #idled = 0

  /** Learns from a visit that took so many records; `much`: a good part of the ring, however few they were. */
  learn(taken: number, much = false): void {
    // Of records that came while it was at work, and not idle, the rate is not known: then their number must do.
    const slow = taken < FLOWING_RECORDS || taken * FLOWING_LOADS < this.#idled
    this.#idled = 0
    this.#flowing = !slow && taken < WORTHWHILE_RECORDS && !much
    if (this.#flowing) this.#loads = Math.min(this.#loads * 2, LONGEST_LOADS)
    else if (slow) this.#loads = Math.max(this.#loads >>> 1, SHORTEST_LOADS)
  }

  /** Idles before the first look, if records flow and the last visit took too few of them. */
  gather(): void {
    if (this.#flowing) this.idle()
  }

  /** Idles between two looks. Answers for how long: in loads, of some 6 ns each. */
  idle(): number {
    const loads = this.#loads
    this.#idled = Math.min(this.#idled + loads, MOST_IDLED)
    for (let i = 0; i < loads; i++) Atomics.load(word, 0)
    return loads
  }
}

/** An Atomics.load is a call that engines do not optimise away, some 6 ns long: 0.3 to 10 microseconds. */
const SHORTEST_LOADS = 50
const LONGEST_LOADS = 1600
/** A visit that takes fewer finds single records, not a flow. */
const FLOWING_RECORDS = 3
/** Nor is it a flow when each record took longer: when there were fewer than some three million a second. */
const FLOWING_LOADS = 50
/** More than any visit is worth, and still an integer that needs no memory of its own. */
const MOST_IDLED = 2 ** 30
/** A visit that takes as many has cost nobody much. */
const WORTHWHILE_RECORDS = 128

const word = new Int32Array(1)
