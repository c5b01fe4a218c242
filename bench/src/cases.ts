/**
 * What is measured: a case says what is done, not who does it. The cases themselves stand with their suites: core/,
 * latency/, waiting/, axes/, linux/, ringbufs/.
 *
 * Who does it is a contestant (contestant.ts); how a contestant does it is its measurement (the same file).
 */
import type { Axis } from './axes/charts.js'
import type { CoreCaseName } from './core/cases.js'
import type { HeapCaseName } from './heap/cases.js'
import type { LatencyCaseName } from './latency/cases.js'
import type { LinuxCaseName } from './linux/cases.js'
import type { PayloadsCaseName } from './payloads/cases.js'
import type { RingbufsCaseName } from './ringbufs/cases.js'
import type { WaitingCaseName } from './waiting/cases.js'
import type { WeightCaseName } from './weight/cases.js'

/** Size of the ring in every case. Peers that count slots or messages get as many bytes of payload. */
export const RING_BYTES = 1 << 20

/** Payload of a hand-off that does not say. */
export const HAND_OFF_BYTES = 64

/** The unit of a figure says which way is better. */
export type Unit =
  | 'ns/record'
  | 'M records/s'
  | 'bytes'
  | 'us'
  | 'ms'
  | 'cpu ns/record'
  | 'bytes/record'
  | '% lost'

export interface Case {
  readonly name: CaseName
  readonly unit: Unit
  /** One sentence: what one figure is. */
  readonly about: string
  /** Whether records enter in batches: those who batch are compared with each other. */
  readonly batches?: true
  /** Whose figures the others are set against; those who are not there have no column. */
  readonly yardsticks?: readonly string[]
  /** How many times as long as others it is measured: for figures of which there are few a second. Default: 1. */
  readonly stretch?: number
  /** Where on a chart it stands, if it is a point of one. */
  readonly axis?: Axis
}

export type AxisCaseName = `axis-${string}`

export type CaseName =
  | CoreCaseName
  | LatencyCaseName
  | WaitingCaseName
  | AxisCaseName
  | LinuxCaseName
  | RingbufsCaseName
  | HeapCaseName
  | PayloadsCaseName
  | WeightCaseName

/** More is better for rates, less for times and sizes. */
export function moreIsBetter(unit: Unit): boolean {
  return unit === 'M records/s'
}
