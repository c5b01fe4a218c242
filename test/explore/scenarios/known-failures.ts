/** Scenarios that fail, by name, and why. Each is a mistake that waits to be mended; then its entry has to go. */
export const KNOWN_FAILURES: Readonly<Record<string, string>> = {}

/** The same where atomic stores may be passed by plain accesses behind them (memory-model.ts, `weak`). */
export const KNOWN_ON_WEAK_MEMORY: Readonly<Record<string, string>> = {}
