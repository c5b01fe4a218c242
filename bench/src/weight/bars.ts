/** The goals of the suites `memory` and `memory-growth`: what was opened is given back, and nothing grows. */
import type { Bar } from '../bars.js'
import type { Result } from '../results.js'

/** What pages of the allocator may come to, whatever is done. */
const MOST_GROWN_BYTES = 2 * 2 ** 20
/** What more cycles may add, of 1000 rings too: less than a page of each. */
const MOST_AGAIN_BYTES = 3 * 2 ** 20

/** Peers that grow are not our bars. */
const isOurs = ({ contestant }: Result) => contestant !== 'postMessage-weight'

export function judgeWeight(results: readonly Result[]): readonly Bar[] {
  return results.filter(isOurs).flatMap(({ case: name, contestant, extra }) => {
    const { againBytes, handlesLeft } = extra
    if (againBytes === undefined || handlesLeft === undefined) return []
    return [
      most(`${name}: ${contestant}, bytes that further cycles add`, againBytes, MOST_AGAIN_BYTES),
      most(`${name}: ${contestant}, handles left`, handlesLeft, 0),
    ]
  })
}

export function judgeGrowth(results: readonly Result[]): readonly Bar[] {
  return results
    .filter(isOurs)
    .flatMap(({ case: name, contestant, median, extra }) => [
      most(`${name}: ${contestant}, bytes resident`, median, MOST_GROWN_BYTES),
      most(`${name}: ${contestant}, handles`, extra.handlesLeft ?? null, 0),
    ])
}

function most(name: string, value: number | null, target: number): Bar {
  return { name, relation: '<=', target, value, met: value === null ? null : value <= target }
}
