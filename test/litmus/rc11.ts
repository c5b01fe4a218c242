/**
 * What C11 lets small programs read: every execution is tried, and kept if it keeps the axioms of RC11 (Lahav, Vafeiadis,
 * Kang, Hur, Dreyer: Repairing Sequential Consistency in C/C++11, 2017). Programs have no branches; a compare-and-swap
 * is one that succeeds.
 */
import type { Ordering } from '../explore/machine/memory-model.js'
import { Relation } from './relation.js'

export type Access =
  | { readonly kind: 'store'; readonly word: string; readonly value: number; readonly ordering: Ordering }
  /** What is read is called `as` in outcomes. */
  | { readonly kind: 'load'; readonly word: string; readonly as: string; readonly ordering: Ordering }
  | {
      readonly kind: 'swap'
      readonly word: string
      readonly value: number
      readonly as: string
      readonly ordering: Ordering
    }
  /** Sequentially consistent. */
  | { readonly kind: 'fence' }

export type Program = readonly (readonly Access[])[]

interface Event {
  readonly thread: number
  readonly access: Access
}

/** What may be read, each as `a=1 b=0`, by the names of the reads. All words are 0 at first. */
export function outcomesOf(program: Program): Set<string> {
  const words = new Set(program.flat().flatMap((access) => (access.kind === 'fence' ? [] : [access.word])))
  const initial = [...words].map((word): Event => {
    return { thread: -1, access: { kind: 'store', word, value: 0, ordering: 'relaxed' } }
  })
  const events = [
    ...initial,
    ...program.flatMap((accesses, thread) => accesses.map((access) => ({ thread, access }))),
  ]
  const outcomes = new Set<string>()
  for (const sources of choices(events)) {
    const outcome = events.flatMap(({ access }, index) =>
      reads(access) ? [`${access.as}=${valueAt(events, sources[index] as number)}`] : [],
    )
    const text = outcome.sort().join(' ')
    if (
      !outcomes.has(text) &&
      orders(events, [...words]).some((order) => isAllowed(events, sources, order))
    ) {
      outcomes.add(text)
    }
  }
  return outcomes
}

/** From which store each read may have its value: every combination. */
function choices(events: readonly Event[]): number[][] {
  return events.reduce<number[][]>(
    (ways, { access }, index) => {
      if (!reads(access)) return ways.map((way) => [...way, -1])
      const sources = [...events.keys()].filter(
        (store) => store !== index && writesTo(events[store], access.word),
      )
      return ways.flatMap((way) => sources.map((source) => [...way, source]))
    },
    [[]],
  )
}

/** In which order the stores to each word may be, what was there at first being the first: the place of each event. */
function orders(events: readonly Event[], words: readonly string[]): number[][] {
  return words.reduce<number[][]>(
    (ways, word) => {
      const [first = 0, ...rest] = [...events.keys()].filter((store) => writesTo(events[store], word))
      const ranked = permutations(rest).map((order) => [first, ...order])
      return ways.flatMap((way) =>
        ranked.map((order) =>
          way.map((place, event) => (order.includes(event) ? order.indexOf(event) : place)),
        ),
      )
    },
    [events.map(() => -1)],
  )
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}

/** The axioms; the names are those of the paper. */
function isAllowed(events: readonly Event[], sources: readonly number[], order: readonly number[]): boolean {
  const size = events.length
  const relation = (holds: (one: number, two: number) => boolean) => Relation.where(size, holds)
  const only = (holds: (event: Event) => boolean) =>
    relation((one, two) => one === two && holds(events[one] as Event))
  const isSameWord = (one: number, two: number) =>
    wordOf(events[one]) === wordOf(events[two]) && wordOf(events[one]) !== undefined
  const threadOf = (index: number) => events[index]?.thread ?? -1

  const sb = relation(
    (one, two) =>
      one < two &&
      (threadOf(one) === threadOf(two) ? threadOf(one) >= 0 : threadOf(one) < 0 && threadOf(two) >= 0),
  )
  const rf = relation((one, two) => sources[two] === one)
  const mo = relation(
    (one, two) => isSameWord(one, two) && (order[one] ?? -1) >= 0 && (order[one] ?? -1) < (order[two] ?? -1),
  )
  // A swap is one event here, so it does not come before itself.
  const rb = relation((one, two) => one !== two && sources[one] !== -1 && mo.has(sources[one] as number, two))
  const eco = rf.or(mo, rb).closure()

  const rs = only(({ access }) => writes(access)).followedBy(
    rf
      .where((_, two) => events[two]?.access.kind === 'swap')
      .closure()
      .maybe(),
  )
  const fence = only(({ access }) => access.kind === 'fence')
  const atomicStore = only(({ access }) => writes(access))
  const release = only(({ access }) => releases(access)).or(fence.followedBy(sb).followedBy(atomicStore))
  const acquire = only(({ access }) => acquires(access)).or(
    only(({ access }) => reads(access))
      .followedBy(sb)
      .followedBy(fence),
  )
  const hb = sb.or(release.followedBy(rs).followedBy(rf).followedBy(acquire)).closure()

  const isCoherent = hb.isIrreflexive && hb.followedBy(eco).isIrreflexive
  // What a swap reads is the store right before it.
  const isAtomic = [...events.keys()].every(
    (swap) =>
      events[swap]?.access.kind !== 'swap' || order[sources[swap] as number] === (order[swap] ?? 0) - 1,
  )
  if (!isCoherent || !isAtomic || !sb.or(rf).isAcyclic) return false

  const elsewhere = sb.where((one, two) => !isSameWord(one, two))
  const scb = sb.or(elsewhere.followedBy(hb).followedBy(elsewhere), hb.where(isSameWord), mo, rb)
  const sc = only(({ access }) => access.kind !== 'fence' && access.ordering === 'seq_cst')
  const from = sc.or(fence.followedBy(hb.maybe()))
  const to = sc.or(hb.maybe().followedBy(fence))
  const between = fence.followedBy(hb.or(hb.followedBy(eco).followedBy(hb))).followedBy(fence)
  return from.followedBy(scb).followedBy(to).or(between).isAcyclic
}

function valueAt(events: readonly Event[], index: number): number {
  const access = events[index]?.access
  return access && writes(access) ? access.value : 0
}

function wordOf(event: Event | undefined): string | undefined {
  return event && event.access.kind !== 'fence' ? event.access.word : undefined
}

function writesTo(event: Event | undefined, word: string): boolean {
  return event !== undefined && writes(event.access) && event.access.word === word
}

function reads(access: Access): access is Extract<Access, { as: string }> {
  return access.kind === 'load' || access.kind === 'swap'
}

function writes(access: Access): access is Extract<Access, { value: number }> {
  return access.kind === 'store' || access.kind === 'swap'
}

function releases(access: Access): boolean {
  return writes(access) && ['release', 'acq_rel', 'seq_cst'].includes(access.ordering)
}

function acquires(access: Access): boolean {
  return reads(access) && ['acquire', 'acq_rel', 'seq_cst'].includes(access.ordering)
}
