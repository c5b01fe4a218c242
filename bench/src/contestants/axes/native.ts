/** The C programs in the suite `axes`: hand-offs of all shapes, and loads of one producer. */
import { sweepCases } from '../../axes/charts.js'
import type { Contestant, NativeMeasurement } from '../../contestant.js'
import type { NativeProgram } from '../../native.js'
import { lossCases } from './loss.js'

export function nativeAxisCases(program: NativeProgram, paced: number): Contestant['cases'] {
  const native = (
    measurement: NativeMeasurement['measurement'],
    settings: NativeMeasurement['settings'],
  ): NativeMeasurement => ({ kind: 'native', program, measurement, settings: { ...settings, paced } })
  return {
    ...sweepCases(({ producers, bytes, ringBytes }) =>
      native('hand-off', { producers, bytes, ring: ringBytes }),
    ),
    ...lossCases(({ load, workNs }) =>
      native('offered', { rate: load.rate, bursts: load.bursts ? 1 : 0, work: workNs }),
    ),
  }
}
