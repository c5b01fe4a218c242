import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SOURCES } from './sources.js'

/** By file of dist: the stretches of it that ran, from and to. */
export type Coverage = Readonly<Record<string, readonly (readonly [number, number])[]>>

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}

/** What NODE_V8_COVERAGE has left in a folder: all processes and threads of one test file together. */
export function readCoverage(folder: string, root: string): Coverage {
  const files = new Map(SOURCES.map((file) => [pathToFileURL(join(root, 'dist', file)).href, file]))
  const ran = new Map<string, Uint8Array>()
  for (const name of readdirSync(folder)) {
    for (const { url, functions } of scriptsIn(join(folder, name))) {
      const file = files.get(url)
      if (file === undefined) continue
      const own = painted(functions.flatMap(({ ranges }) => ranges))
      const all = ran.get(file)
      if (!all) ran.set(file, own)
      else for (const [at, covered] of own.entries()) if (covered !== 0) all[at] = 1
    }
  }
  return Object.fromEntries([...ran].map(([file, bytes]) => [file, stretches(bytes)]))
}

export function covers(coverage: Coverage, file: string, at: number): boolean {
  return (coverage[file] ?? []).some(([from, to]) => from <= at && at < to)
}

function scriptsIn(path: string): { url: string; functions: { ranges: Range[] }[] }[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).result
  } catch {
    // Of a process that was killed while it wrote.
    return []
  }
}

/** A byte for each character: whether it ran. Inner ranges say it better than outer ones. */
function painted(ranges: readonly Range[]): Uint8Array {
  const bytes = new Uint8Array(Math.max(...ranges.map(({ endOffset }) => endOffset)))
  const outerFirst = [...ranges].sort((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset))
  for (const { startOffset, endOffset, count } of outerFirst)
    bytes.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return bytes
}

function stretches(bytes: Uint8Array): [number, number][] {
  const found: [number, number][] = []
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0) continue
    const from = at
    while (at < bytes.length && bytes[at] !== 0) at++
    found.push([from, at])
  }
  return found
}
