/**
 * A clock that all threads and processes of a machine share, fine enough for microseconds.
 *
 * performance.now() begins anew in each thread. Both it and process.hrtime read the same clock of the machine, so
 * their difference is fixed; it is taken once, from the attempt of many that was least disturbed.
 */
const ATTEMPTS = 200

const offsetMs = (() => {
  let found = 0
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = performance.now()
    const between = Number(process.hrtime.bigint()) / 1e6
    const after = performance.now()
    if (after - before >= least) continue
    least = after - before
    found = between - (before + after) / 2
  }
  return found
})()

/** Milliseconds, as every thread and every process sees them. */
export function sharedNow(): number {
  return performance.now() + offsetMs
}
