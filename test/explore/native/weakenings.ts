import type { Place, Weakening } from './c11.js'

/** What may be wrong with a place. */
export function weakeningsOf({ name, kind, ordering }: Place): Weakening[] {
  const ways: Weakening['to'][] = []
  if (kind === 'fence') ways.push('left out')
  if (kind === 'exchange' && ordering === 'seq_cst') ways.push('store', 'acquire')
  if (ordering === 'acquire' || ordering === 'release') ways.push('relaxed')
  if (ordering === 'acq_rel') ways.push('acquire')
  return ways.map((to) => ({ name, to }))
}

/** Weakenings that no scenario can notice, by their places, and why not. */
const EXCUSED: readonly { readonly why: string; readonly names: RegExp; readonly to: RegExp }[] = [
  {
    why: 'loads are done in order here; that this one must acquire, only loads that come early would show',
    names:
      /^(header|producer position,|consumer position |consumer position,|lock$|room sequence$|sleep word$)/,
    to: /^relaxed of acquire$/,
  },
  {
    why: 'only loads lie before it, of the payload, and loads are done in order here',
    names: /^consumer position$/,
    to: /^relaxed of release$/,
  },
  {
    why: 'what lies before it was made visible by the commit, which releases, or is the consumer’s own',
    names: /^wake$/,
    to: /^acquire of acq_rel$/,
  },
  {
    why: 'a fence stands before it, and one behind it',
    names: /^asleep$/,
    to: /^relaxed of release$/,
  },
  {
    why: 'who sleeps on it has said so before, and looks for room, not at what was stored before',
    names: /^new room sequence$/,
    to: /^relaxed of release$/,
  },
]

export function whyNot({ name, ordering }: Place, { to }: Weakening): string | undefined {
  return EXCUSED.find(({ names, to: of }) => names.test(name) && of.test(`${to} of ${ordering}`))?.why
}

/** Entries that belong to none of these. */
export function unusedExcuses(places: readonly Place[]): string[] {
  const all = places.flatMap((place) =>
    weakeningsOf(place).map(({ to }) => ({ place, how: `${to} of ${place.ordering}` })),
  )
  return EXCUSED.filter(
    ({ names, to }) => !all.some(({ place, how }) => names.test(place.name) && to.test(how)),
  ).map(({ names }) => String(names))
}
