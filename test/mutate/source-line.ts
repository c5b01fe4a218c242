import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.js'

const maps = new Map<string, SourceMap>()

/** Where a mutant is in the source: `src/ring/park.ts:30`. */
export function sourceLine({ file, start }: Mutant, text: string): string {
  const before = text.slice(0, start).split('\n')
  const { originalLine } = mapOf(file).findEntry(before.length - 1, before.at(-1)?.length ?? 0) as {
    originalLine?: number
  }
  return `src/${file.replace(/\.js$/, '.ts')}:${(originalLine ?? 0) + 1}`
}

/** A mutant as a diff of the lines that it changes. */
export function diffOf({ start, end, text }: Mutant, source: string): string {
  const from = source.lastIndexOf('\n', start - 1) + 1
  const to = source.indexOf('\n', end)
  const lines = (mark: string, part: string) => part.split('\n').map((line) => `    ${mark} ${line.trim()}`)
  return [
    ...lines('-', source.slice(from, to)),
    ...lines('+', source.slice(from, start) + text + source.slice(end, to)),
  ].join('\n')
}

function mapOf(file: string): SourceMap {
  let map = maps.get(file)
  if (!map) {
    const path = fileURLToPath(new URL(`../../../dist/${file}.map`, import.meta.url))
    map = new SourceMap(JSON.parse(readFileSync(path, 'utf8')))
    maps.set(file, map)
  }
  return map
}
