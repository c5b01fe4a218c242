/** Scenarios that fail, by name, and why. Each is a mistake that waits to be mended; then its entry has to go. */
export const KNOWN_FAILURES: Readonly<Record<string, string>> = {}
