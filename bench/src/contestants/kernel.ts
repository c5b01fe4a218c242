/** The ring buffer of the running kernel, driven through bpf(2) from C (native/kernel_ring.c). */
import type { Contestant } from '../contestant.js'
import { KERNEL_BYTES } from '../linux/cases.js'
import { whyNotNative } from '../native.js'

const native = (...extra: string[]) => ({ kind: 'native', program: 'kernel_ring', extra }) as const
const throughput = (...extra: string[]) =>
  Object.fromEntries(KERNEL_BYTES.map((bytes) => [`kernel-throughput-${bytes}B`, native(...extra)]))

const absent = () => whyNotNative('kernel_ring')

export const contestants: readonly Contestant[] = [
  {
    name: 'kernel',
    about:
      'the Linux ring itself, BPF_PROG_TEST_RUN, C consumer: polls without pause, NO_WAKEUP; or sleeps in epoll_wait',
    absent,
    cases: {
      'reserve-submit-8B': native(),
      'throughput-1p1c-64B': native(),
      'idle-wakeup': native(),
      ...throughput(),
    },
  },
  {
    name: 'kernel-paced',
    about: 'the same, but the consumer waits 2 us after it found the ring empty',
    absent,
    cases: {
      'throughput-1p1c-64B': native('paced'),
      ...throughput('paced'),
    },
  },
]
