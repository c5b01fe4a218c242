/** The ring buffer of the running kernel, driven through bpf(2) from C (native/kernel_ring.c). */
import type { Contestant, NativeMeasurement } from '../contestant.js'
import { handOffCases } from '../core/cases.js'
import { LOADED_RATES } from '../latency/cases.js'
import { KERNEL_BYTES } from '../linux/cases.js'
import { whyNotNative } from '../native.js'
import { nativeAxisCases } from './axes/native.js'

const absent = () => whyNotNative('kernel_ring')

function native(
  measurement: NativeMeasurement['measurement'],
  settings: NativeMeasurement['settings'] = {},
): NativeMeasurement {
  return { kind: 'native', program: 'kernel_ring', measurement, settings }
}

/** It has no batches. */
const handOffs = (paced: number) => ({
  ...handOffCases(({ producers, bytes, way }) =>
    way === 'batch' ? undefined : native('hand-off', { producers, bytes, paced }),
  ),
  ...Object.fromEntries(
    KERNEL_BYTES.map((bytes) => [`kernel-throughput-${bytes}B`, native('hand-off', { bytes, paced })]),
  ),
})

export const contestants: readonly Contestant[] = [
  {
    name: 'kernel',
    kind: 'kernel',
    about:
      'the Linux ring itself, BPF_PROG_TEST_RUN, C consumer: polls without pause, NO_WAKEUP; or sleeps in epoll_wait',
    absent,
    cases: {
      'reserve-submit-8B': native('fill-drain'),
      'idle-wakeup': native('wake-up'),
      ...Object.fromEntries(
        Object.entries(LOADED_RATES).map(([name, rate]) => [
          `loaded-latency-${name}`,
          native('loaded', { rate }),
        ]),
      ),
      ...handOffs(0),
      ...nativeAxisCases('kernel_ring', 0),
    },
  },
  {
    name: 'kernel-paced',
    kind: 'kernel',
    about: 'the same, but the consumer waits 2 us after it found the ring empty',
    absent,
    cases: { ...handOffs(1), ...nativeAxisCases('kernel_ring', 1) },
  },
]
