/** The ring of c-kernel with a consumer that sleeps in FUTEX_WAIT (native/futex_ring.c): the yardstick of waking. */
import type { Contestant } from '../contestant.js'
import { whyNotNative } from '../native.js'

export const contestants: readonly Contestant[] = [
  {
    name: 'c-futex',
    about: "the kernel's algorithm in C (gcc -O2), the consumer sleeps in FUTEX_WAIT",
    absent: () => whyNotNative('futex_ring'),
    cases: { 'idle-wakeup': { kind: 'native', program: 'futex_ring' } },
  },
]
