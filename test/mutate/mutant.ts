import { createHash } from 'node:crypto'

/** A: atomics, flags and wake-ups. B: everything else that programs are made of. */
export type FaultClass = 'A' | 'B'

/** A change of a text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** One fault that could be in a file of the build. */
export interface Mutant extends Edit {
  /** Relative to dist: `ring/park.js`. */
  readonly file: string
  readonly class: FaultClass
  /** What was done: `compareExchange becomes a store`. */
  readonly fault: string
  /** The function it is in, or `module`. */
  readonly within: string
  /** Of several that would have the same name, which one; from 1. */
  readonly nth: number
  /** What stood there. */
  readonly was: string
  /** What is added at the end of the file: imports that the change needs. */
  readonly epilogue?: string
}

/** The name of a mutant: it stays the same when lines move. */
export function nameOf({ file, within, was, text, nth }: Mutant): string {
  const place = `${file.replace(/\.js$/, '.ts')} ${within}`
  return `${place}: ${oneLine(was)} → ${oneLine(text)}${nth > 1 ? ` (${nth})` : ''}`
}

/** The file with the fault in it. */
export function apply(source: string, { start, end, text, epilogue = '' }: Mutant): string {
  return `${source.slice(0, start)}${text}${source.slice(end)}${epilogue}`
}

/** A short name of a text that is another when the text is. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex').slice(0, 16)
}

/** Long statements in few words. */
function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (line === '') return 'nothing'
  return line.length <= 100 ? line : `${line.slice(0, 60)} … ${line.slice(-37)}`
}
