/** Scenarios that fail, by name, and why. Each is a mistake that waits to be mended; then its entry has to go. */
export const KNOWN_FAILURES: Readonly<Record<string, string>> = {}

/** The same where atomic stores may be passed by plain accesses behind them (memory-model.ts, `weak`). */
export const KNOWN_ON_WEAK_MEMORY: Readonly<Record<string, string>> = {
  'claim: one record, committed twice':
    'memory that is being freed may read as free before [C3] is seen: then a second commit of a consumed record may succeed',
  'claim: flushing what is there':
    'the same, and whoever flushes then does not wait until the position is seen; the record itself was shown before',
}
