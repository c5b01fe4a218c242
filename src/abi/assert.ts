/**
 * Checks a relation between constants when the module loads.
 *
 * Used for facts of the layout that would otherwise be prose. It costs nothing after loading, and a
 * failure is a mistake in this package, never in the program that uses it.
 */
export function assert(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new Error(`bpf-ringbuf: layout constants disagree: ${fact}`)
}
