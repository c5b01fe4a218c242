import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.js'

/** From .build/test/mutate. */
const ROOT = new URL('../../../', import.meta.url)

const maps = new Map<string, SourceMap>()

/** Where a mutant is in the source: `src/ring/park.ts:30`. */
export function sourceLine(mutant: Mutant, text: string): string {
  return `src/${sourceOf(mutant)}:${(placeOf(mutant, text).originalLine ?? 0) + 1}`
}

/** The source with the fault in it; undefined if not the same stands there as in the build. */
export function inSource(mutant: Mutant): { readonly path: string; readonly text: string } | undefined {
  const path = sourceOf(mutant)
  const source = readFileSync(new URL(`src/${path}`, ROOT), 'utf8')
  const built = readFileSync(new URL(`dist/${mutant.file}`, ROOT), 'utf8')
  const { originalLine, originalColumn = 0 } = placeOf(mutant, built)
  if (originalLine === undefined) return undefined
  const lines = source.split('\n')
  const start = lines.slice(0, originalLine).join('\n').length + (originalLine > 0 ? 1 : 0) + originalColumn
  const length = lengthOf(mutant.was, source.slice(start))
  if (length === undefined) return undefined
  const { text, epilogue = '' } = mutant
  return { path, text: `${source.slice(0, start)}${text}${source.slice(start + length)}${epilogue}` }
}

function sourceOf({ file }: Mutant): string {
  return file.replace(/\.js$/, '.ts')
}

function placeOf({ file, start }: Mutant, text: string) {
  const before = text.slice(0, start).split('\n')
  return mapOf(file).findEntry(before.length - 1, before.at(-1)?.length ?? 0) as {
    readonly originalLine?: number
    readonly originalColumn?: number
  }
}

/** How long a text is at the beginning of another that is written in more lines, or without semicolon. */
function lengthOf(text: string, source: string): number | undefined {
  const words = text.replace(/;$/, '').split(/\s+|(?<=\()|(?=\))/)
  const pattern = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s*')
  return new RegExp(`^${pattern}`).exec(source.replaceAll(/,(\s*\))/g, ' $1'))?.[0].length
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
    const path = fileURLToPath(new URL(`dist/${file}.map`, ROOT))
    map = new SourceMap(JSON.parse(readFileSync(path, 'utf8')))
    maps.set(file, map)
  }
  return map
}
