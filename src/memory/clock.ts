/**
 * Milliseconds on the clock that all waits go by: that of `performance.now()`, which no clock change moves. An
 * AudioWorklet has none. There it is the time of day; `currentTime` would stand still for as long as anybody waits.
 */
export const nowMs: () => number = typeof performance === 'object' ? () => performance.now() : Date.now
