import type { Capability } from './capabilities.js'
import type { Matcher } from './expectation.js'

/** Where something stands, for whoever must look it up. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** One line of a case. */
export interface Operation {
  readonly place: Place
  /** As it was written. */
  readonly text: string
  /** What the plug-in is told. */
  readonly request: string
  /** What it should answer, as it was written. */
  readonly expected: string
  readonly matches: Matcher
}

export interface Case {
  readonly place: Place
  readonly title: string
  /** Like R12. */
  readonly requirements: readonly string[]
  readonly needs: readonly Capability[]
  readonly operations: readonly Operation[]
}

/** A case file that says what cannot be understood. */
export class CaseError extends Error {
  constructor({ file, line }: Place, message: string) {
    super(`${file}:${line}: ${message}`)
  }
}
