/**
 * How long a consumer idles between two looks at the ring.
 *
 * One that looks again at once finds one or two records, and takes the cache line they are in from the
 * producer that is writing the next: each look costs both sides as much as many records. So while
 * records flow, let enough of them gather that the look is worth it; while they do not, look often, for
 * a record that comes alone should not wait. On two machines this carried four to six times as many
 * records as looking without pause.
 */
export class Pace {
  #loads = SHORTEST_LOADS
  #flowing = false

  /** Learns from a visit that took so many records; `much`: a good part of the ring, however few they were. */
  learn(taken: number, much = false): void {
    this.#flowing = taken >= FLOWING_RECORDS && taken < WORTHWHILE_RECORDS && !much
    if (this.#flowing) this.#loads = Math.min(this.#loads * 2, LONGEST_LOADS)
    else if (taken < FLOWING_RECORDS) this.#loads = Math.max(this.#loads >>> 1, SHORTEST_LOADS)
  }

  /** Idles before the first look, if records flow and the last visit took too few of them. */
  gather(): void {
    if (this.#flowing) this.idle()
  }

  /** Idles between two looks. */
  idle(): void {
    for (let i = 0; i < this.#loads; i++) Atomics.load(word, 0)
  }
}

/** An Atomics.load is a call that engines do not optimise away, some 6 ns long: 1 to 10 microseconds. */
const SHORTEST_LOADS = 200
const LONGEST_LOADS = 1600
/** A visit that takes fewer finds single records, not a flow. */
const FLOWING_RECORDS = 8
/** A visit that takes as many has cost nobody much. */
const WORTHWHILE_RECORDS = 128

const word = new Int32Array(1)
