/** The charts of losses: under which load, and what the consumer works. */
import { axisCases, BURST_WORK_NS, SHARING_PRODUCERS, WORK_NS } from '../../axes/charts.js'
import type { OfferedMeasurement } from '../../axes/offered.js'
import type { AxisCaseName } from '../../cases.js'

export type Demand = Pick<OfferedMeasurement, 'load' | 'workNs'>

/** The measurement of each load of one producer that a contestant can do. */
export function lossCases<Measurement>(
  measure: (demand: Demand) => Measurement,
): Partial<Record<AxisCaseName, Measurement>> {
  const even = WORK_NS.map((workNs) =>
    axisCases(`loss-${workNs}ns`, (rate) => measure({ load: { rate, producers: 1, bursts: false }, workNs })),
  )
  const bursts = axisCases('loss-bursts', (rate) =>
    measure({ load: { rate, producers: 1, bursts: true }, workNs: BURST_WORK_NS }),
  )
  return Object.assign({}, ...even, bursts)
}

/** And of the load of several producers, whose bursts come one after the other. */
export function sharedLossCases<Measurement>(
  measure: (demand: Demand) => Measurement,
): Partial<Record<AxisCaseName, Measurement>> {
  return axisCases('loss-shared', (rate) =>
    measure({ load: { rate, producers: SHARING_PRODUCERS, bursts: true }, workNs: BURST_WORK_NS }),
  )
}
