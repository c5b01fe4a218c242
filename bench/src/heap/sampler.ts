/**
 * V8's own allocation sampler, told to leave nothing out: it samples every byte that is allocated, also of what is
 * collected at once, and knows the function that did it.
 */
import { Session } from 'node:inspector'
import { basename, dirname, join } from 'node:path'

/** What one function allocated. */
export interface Site {
  readonly where: string
  readonly bytes: number
}

interface ProfileNode {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly selfSize: number
  readonly children: readonly ProfileNode[]
}

/** What the work allocates, function by function, most first. Allocations of the sampler itself are left out. */
export async function sampleAllocations(work: () => unknown): Promise<Site[]> {
  const session = new Session()
  session.connect()
  const ask = (method: string, params: object = {}) =>
    new Promise<object>((resolve, reject) => {
      session.post(method, params, (error, answer) => (error ? reject(error) : resolve(answer ?? {})))
    })
  await ask('HeapProfiler.enable')
  await ask('HeapProfiler.startSampling', {
    samplingInterval: 1,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  await work()
  const { profile } = (await ask('HeapProfiler.stopSampling')) as { profile: { head: ProfileNode } }
  session.disconnect()
  return sitesOf(profile.head)
}

/** Adds up what the same function allocated, from wherever it was called. */
export function sitesOf(head: ProfileNode): Site[] {
  const bytes = new Map<string, number>()
  const visit = ({ callFrame, selfSize, children }: ProfileNode): void => {
    if (selfSize > 0 && !isOfTheSampler(callFrame.url)) {
      const where = placeOf(callFrame)
      bytes.set(where, (bytes.get(where) ?? 0) + selfSize)
    }
    children.forEach(visit)
  }
  visit(head)
  return [...bytes].map(([where, total]) => ({ where, bytes: total })).sort((a, b) => b.bytes - a.bytes)
}

function isOfTheSampler(url: string): boolean {
  return url === 'node:inspector' || url === import.meta.url
}

/** Function, file and line, as the report shows them. Built-in functions have no file. */
function placeOf({ functionName, url, lineNumber }: ProfileNode['callFrame']): string {
  const name = functionName || '(anonymous)'
  if (url === '') return name
  return `${name} (${join(basename(dirname(url)), basename(url))}:${lineNumber + 1})`
}
