/** The kernel's algorithm in user-space C (native/c_kernel.c): the yardstick. */
import type { Contestant, NativeMeasurement } from '../contestant.js'
import { handOffCases } from '../core/cases.js'
import { LOADED_RATES } from '../latency/cases.js'
import { whyNotNative } from '../native.js'
import { nativeAxisCases } from './axes/native.js'

const absent = () => whyNotNative('c_kernel')

function native(
  measurement: NativeMeasurement['measurement'],
  settings: NativeMeasurement['settings'] = {},
): NativeMeasurement {
  return { kind: 'native', program: 'c_kernel', measurement, settings }
}

/** It has no batches. */
const handOffs = (paced: number) =>
  handOffCases(({ producers, bytes, way }) =>
    way === 'batch' ? undefined : native('hand-off', { producers, bytes, paced }),
  )

const loaded = (paced: number) =>
  Object.fromEntries(
    Object.entries(LOADED_RATES).map(([name, rate]) => [
      `loaded-latency-${name}`,
      native('loaded', { rate, paced }),
    ]),
  )

export const contestants: readonly Contestant[] = [
  {
    name: 'c-kernel',
    kind: 'C',
    about: "the kernel's algorithm in C (gcc -O2), consumer polls without pause",
    absent,
    cases: {
      'reserve-submit-8B': native('fill-drain'),
      ...handOffs(0),
      ...loaded(0),
      'idle-wakeup': native('wake-up', { poll: 1 }),
      ...nativeAxisCases('c_kernel', 0),
    },
  },
  {
    name: 'c-kernel-paced',
    kind: 'C',
    about: 'the same, but the consumer waits 2 us after it found the ring empty',
    absent,
    cases: { ...handOffs(1), ...loaded(1), ...nativeAxisCases('c_kernel', 1) },
  },
  {
    name: 'c-futex',
    kind: 'C',
    about: 'the same in C; its consumer sleeps with FUTEX_WAIT',
    absent,
    cases: { 'idle-wakeup': native('wake-up') },
  },
]
