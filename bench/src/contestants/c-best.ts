/** The fastest ring we know how to write in C (native/c_best.c): the limit. */
import type { Contestant, NativeMeasurement } from '../contestant.js'
import { BATCH_RECORDS, handOffCases } from '../core/cases.js'
import { whyNotNative } from '../native.js'
import { nativeAxisCases } from './axes/native.js'

const absent = () => whyNotNative('c_best')

const handOffs = (paced: number) =>
  handOffCases(
    ({ producers, bytes, way }): NativeMeasurement => ({
      kind: 'native',
      program: 'c_best',
      measurement: 'hand-off',
      settings: { producers, bytes, batch: way === 'batch' ? BATCH_RECORDS : 1, paced },
    }),
  )

export const contestants: readonly Contestant[] = [
  {
    name: 'c-best',
    about:
      'claims by compare-and-swap in C (gcc -O2), headers cleared by a consumer that polls without pause',
    absent,
    cases: {
      'reserve-submit-8B': { kind: 'native', program: 'c_best', measurement: 'fill-drain' },
      ...handOffs(0),
      ...nativeAxisCases('c_best', 0),
    },
  },
  {
    name: 'c-best-paced',
    about: 'the same, but the consumer waits 2 us after it found the ring empty',
    absent,
    cases: { ...handOffs(1), ...nativeAxisCases('c_best', 1) },
  },
]
