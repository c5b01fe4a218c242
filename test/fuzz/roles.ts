import type { EngineKind } from 'bpf-ringbuf'
import type { AnyHandle } from '../ring/support/rings.js'

/** Who is in the memory besides: each of them once. */
export const ROLES = ['attacker', 'bystander'] as const

/** What one of them is told. */
export interface PeerData {
  readonly role: (typeof ROLES)[number]
  readonly seed: number
  readonly handle: AnyHandle
  readonly engine: EngineKind
  readonly size: number
  /** Name of the board. */
  readonly board: string
}
