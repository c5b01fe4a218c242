/** This package in the suite `heap`: each build of the algorithm, in memory of threads and of processes. */
import { createRing, type EngineKind, type Ring, ringMemoryBytes } from '../../../../dist/index.js'
import { allocateSharedMemory } from '../../../../dist/memory/shared-memory.js'
import { createMappedRing } from '../../../../dist/ring/mapped-ring.js'
import { RING_BYTES } from '../../cases.js'
import type { Contestant } from '../../contestant.js'
import { HEAP_BYTES, type HeapCaseName } from '../../heap/cases.js'
import type { HeapMeasurement } from '../../heap/measure.js'
import { HEAP_NAMES, type HeapName } from './names.js'
import { COMFORTABLE, RAW } from './paths.js'

interface OpenRing {
  readonly ring: Ring<unknown>
  /** An address behind the ring, in its memory; 0 where nothing may lie there. */
  readonly source: number
}

const BUILDS: Readonly<Record<HeapName, { readonly engine: EngineKind; readonly mapped: boolean }>> = {
  'heap-wasm': { engine: 'wasm', mapped: false },
  'heap-js': { engine: 'js', mapped: false },
  'heap-mapped-wasm': { engine: 'wasm', mapped: true },
  'heap-mapped-js': { engine: 'js', mapped: true },
}

function open({ engine, mapped }: (typeof BUILDS)[HeapName]): OpenRing {
  if (mapped) return { ring: createMappedRing({ size: RING_BYTES, engine }), source: 0 }
  const source = ringMemoryBytes(RING_BYTES)
  const memory = allocateSharedMemory(source + HEAP_BYTES)
  return { ring: createRing({ size: RING_BYTES, engine, memory }), source }
}

/** The comfortable paths make the same objects whatever is below them: one build takes them. */
function casesOf(name: HeapName): Contestant['cases'] {
  const build = BUILDS[name]
  const paths = Object.entries(name === 'heap-wasm' ? { ...RAW, ...COMFORTABLE } : RAW)
    // What is copied by address lies in the ring's own memory, and beside a mapped ring nothing does.
    .filter(([path]) => !(build.mapped && path === 'heap-output-from'))
  return Object.fromEntries(
    paths.map(([path, openPath]): [HeapCaseName, HeapMeasurement] => [
      path as HeapCaseName,
      {
        kind: 'heap',
        open() {
          const { ring, source } = open(build)
          return openPath(ring, source)
        },
      },
    ]),
  )
}

export const contestants: readonly Contestant[] = (Object.keys(HEAP_NAMES) as HeapName[]).map((name) => ({
  name,
  about: HEAP_NAMES[name],
  absent: () =>
    BUILDS[name].mapped && process.platform !== 'linux' ? 'rings between processes need Linux' : null,
  cases: casesOf(name),
}))
