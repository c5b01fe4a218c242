import type { EngineKind } from 'bpf-ringbuf'
import type { AnyHandle } from '../ring/support/rings.js'

/** What the player of one actor of a race is told. */
export interface RacerData {
  readonly race: string
  /** Which actor this is. */
  readonly actor: number
  readonly handle: AnyHandle
  readonly engine: EngineKind
  readonly rounds: number
  readonly seed: number
  /** Bytes of the ring to be put back before each round. */
  readonly bytes: number
  /** Words that all share, or the name of the file in which they are. */
  readonly words: Int32Array | string
}

/** What stands in the words that all share. */
export const WORDS = { barrier: 0, buried: 4, answers: 8, shared: 16, end: 32 } as const
