/** Which cases cover which requirement, as a page. */
import { basename } from 'node:path'
import type { Case } from './case.js'
import { REQUIREMENTS } from './requirements.js'

const HEAD = `<!-- Written by: npm run conformance -- --write-coverage -->

# Coverage

Which cases cover which requirement, and what of it they cannot see. Requirements are those of Linux's
\`Documentation/bpf/ringbuf.rst\` and of the descriptions of its helpers.

| | requirement | cases | where | not seen |
| - | - | -: | - | - |
`

export function coveragePage(cases: readonly Case[]): string {
  const lines = Object.entries(REQUIREMENTS).map(([id, { what, unseen = '' }]) => {
    const covering = cases.filter(({ requirements }) => requirements.includes(id))
    const files = new Set(covering.map(({ place }) => basename(place.file, '.ring')))
    return `| ${id} | ${what} | ${covering.length} | ${[...files].join(', ')} | ${unseen} |\n`
  })
  return `${HEAD}${lines.join('')}\n${cases.length} cases.\n`
}

/** Requirements that no case covers and nobody has excused; and those of cases that there are not. */
export function gapsOf(cases: readonly Case[]): string[] {
  const covered = new Set(cases.flatMap(({ requirements }) => requirements))
  const forgotten = Object.entries(REQUIREMENTS)
    .filter(([id, { unseen }]) => !covered.has(id) && unseen === undefined)
    .map(([id]) => `${id} is covered by no case`)
  const unknown = [...covered].filter((id) => !Object.hasOwn(REQUIREMENTS, id))
  return [...forgotten, ...unknown.map((id) => `${id} is no requirement`)]
}
