/** The ring buffer of the running kernel, driven through bpf(2) from C (native/kernel_ring.c). */
import type { Contestant } from '../contestant.js'
import { whyNotNative } from '../native.js'

const absent = () => whyNotNative('kernel_ring')

export const contestants: readonly Contestant[] = [
  {
    name: 'kernel',
    about:
      'the Linux ring itself, BPF_PROG_TEST_RUN, C consumer: polls without pause, NO_WAKEUP; or sleeps in epoll_wait',
    absent,
    cases: {
      'reserve-submit-8B': { kind: 'native', program: 'kernel_ring' },
      'throughput-1p1c-64B': { kind: 'native', program: 'kernel_ring' },
      'idle-wakeup': { kind: 'native', program: 'kernel_ring' },
    },
  },
  {
    name: 'kernel-paced',
    about: 'the same, but the consumer waits 2 us after it found the ring empty',
    absent,
    cases: {
      'throughput-1p1c-64B': { kind: 'native', program: 'kernel_ring', extra: ['paced'] },
    },
  },
]
