/**
 * Keeps the process alive until the answered function is called. Atomics.waitAsync never does so by
 * itself, in any runtime; a timer does.
 */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, 0x7fff_ffff)
  return () => clearInterval(timer)
}
