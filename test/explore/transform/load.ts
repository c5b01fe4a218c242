import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { listen, ringBell, stopListening } from '#dist/memory/bells.js'
import type * as index from '#dist/ring/algorithm/index.js'
import type { parkOnLock, parkOnReservation } from '#dist/ring/park.js'
import type { Site, Steps } from '../machine/step.js'
import { nodesIn } from './labels.js'
import { Runtime } from './runtime.js'
import { functionsOf, type Import, type Parsed, parseModule, transformModule } from './transform.js'

/** Functions as they are after the transformation. */
type Stepwise<M> = {
  readonly [K in keyof M]: M[K] extends (...args: infer A) => infer R ? (...args: A) => Steps<R> : M[K]
}

/** The ring algorithm, step by step. */
export type Algorithm = Stepwise<typeof index> &
  Stepwise<{
    readonly parkOnLock: typeof parkOnLock
    readonly parkOnReservation: typeof parkOnReservation
    readonly listen: typeof listen
    readonly stopListening: typeof stopListening
    readonly ringBell: typeof ringBell
  }>

export interface Loaded {
  readonly algorithm: Algorithm
  /** All labels that stand at an access, like [S1]. */
  readonly labels: readonly string[]
}

/** Where the build is: from .build/test/explore/transform. RINGBUF_DIST names another one. */
const DIST = process.env['RINGBUF_DIST'] ?? fileURLToPath(new URL('../../../../dist', import.meta.url))

const FOLDER = 'ring/algorithm'
const WORDS = `${FOLDER}/words.js`
const INDEX = `${FOLDER}/index.js`
/** What is part of the protocol but no part of the algorithm: it blocks, or touches other memory. */
const PARK = 'ring/park.js'
const BELLS = 'memory/bells.js'

/** Loads the build's algorithm, transformed. Modules outside of it are imported as they are. */
export async function loadAlgorithm(dist = DIST): Promise<Loaded> {
  const paths = readdirSync(join(dist, FOLDER)).filter((name) => name.endsWith('.js'))
  const parsed = new Map<string, Parsed>()
  for (const path of [...paths.map((name) => `${FOLDER}/${name}`), PARK, BELLS]) {
    parsed.set(path, parseModule(path, readFileSync(join(dist, path), 'utf8')))
  }
  const outside = new Map<string, object>()
  for (const { path, imports, exports } of parsed.values()) {
    for (const { from } of [...imports, ...exports]) {
      const target = from && resolve(path, from)
      if (!target || parsed.has(target) || outside.has(target)) continue
      outside.set(target, await import(pathToFileURL(join(dist, target)).href))
    }
  }
  outside.set(WORDS, await import(pathToFileURL(join(dist, WORDS)).href))

  const sites: Site[] = []
  const labels: string[] = []
  const runtime = new Runtime(sites)
  const accesses = accessesOf(parsed.get(WORDS) as Parsed)
  const linked = new Map<string, object>()
  const link = (path: string): object => {
    const known = outside.get(path) ?? linked.get(path)
    if (known) return known
    const module = parsed.get(path) as Parsed
    const names = namesIn(module, parsed, accesses)
    const imported: Record<string, unknown> = { $: runtime }
    for (const { from, names } of importsOf(module)) {
      const exports = link(resolve(path, from)) as Record<string, unknown>
      for (const { imported: name, local } of names) imported[local] = exports[name]
    }
    const { body, labels: own } = transformModule(module, names, sites)
    labels.push(...own)
    const exports = new Function(...Object.keys(imported), body)(...Object.values(imported))
    linked.set(path, exports)
    return exports
  }
  const algorithm = { ...link(INDEX), ...link(PARK), ...link(BELLS) } as Algorithm
  runtime.ringBell = algorithm.ringBell as NonNullable<Runtime['ringBell']>
  return { algorithm, labels }
}

function resolve(path: string, specifier: string): string {
  return posix.join(dirname(path), specifier)
}

/** What a module imports, and what it only passes on. */
function importsOf({ imports, exports }: Parsed): Import[] {
  const passed = exports.flatMap(({ local, from }) =>
    from === undefined ? [] : [{ from, names: [{ imported: local, local }] }],
  )
  return [...imports, ...passed]
}

/** The functions of words.ts that touch what threads share; the others look into the private view. */
function accessesOf(words: Parsed): ReadonlySet<string> {
  const accesses = functionsOf(words.program).filter(({ body }) =>
    [...nodesIn(body)].some((node) => {
      const { name } = node as { name?: string }
      return node.type === 'Identifier' && /^(Atomics|ints|doubles|ringBell|notify)$/.test(name ?? '')
    }),
  )
  return new Set(accesses.map(({ id }) => id.name))
}

function namesIn(module: Parsed, parsed: ReadonlyMap<string, Parsed>, accesses: ReadonlySet<string>) {
  const generators = new Set(module.functions)
  const called = new Map<string, string>()
  for (const { from, names } of module.imports) {
    const target = resolve(module.path, from)
    for (const { imported, local } of names) {
      if (target === WORDS) called.set(local, imported)
      else if (parsed.get(target)?.functions.has(imported)) generators.add(local)
    }
  }
  return {
    isGenerator: (name: string) => generators.has(name),
    isAccess: (name: string) => accesses.has(called.get(name) ?? ''),
  }
}
