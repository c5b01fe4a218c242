/** The kernel's algorithm in user-space C (native/c_kernel.c): the yardstick. */
import type { Contestant } from '../contestant.js'
import { whyNotNative } from '../native.js'

const absent = () => whyNotNative('c_kernel')

export const contestants: readonly Contestant[] = [
  {
    name: 'c-kernel',
    about: "the kernel's algorithm in C (gcc -O2), consumer polls without pause",
    absent,
    cases: {
      'reserve-submit-8B': { kind: 'native', program: 'c_kernel' },
      'throughput-1p1c-64B': { kind: 'native', program: 'c_kernel' },
    },
  },
  {
    name: 'c-kernel-paced',
    about: 'the same, but the consumer waits 2 us after it found the ring empty',
    absent,
    cases: {
      'throughput-1p1c-64B': { kind: 'native', program: 'c_kernel', extra: ['paced'] },
    },
  },
]
