/**
 * The same question after a suite: can its figures be believed?
 *
 *   disturbed   so many runs were set aside, because the machine was taken away meanwhile or others used it
 *   otherKind   so many, because the cpus stood elsewhere than in most runs
 *   spread      how far apart the middle half of a contestant's runs lie, in shares of their median; of all
 *               contestants that of the one in the middle
 *
 * The smallest difference that a goal asks for is a tenth (0.9 times of something). The median of five to seven runs
 * whose middle half spans a fifth is known to about a tenth; where the spread is larger, such a goal is met or missed
 * by chance.
 */
import { DISTURBED, type Placement } from '../placement.js'
import { median, quartileSpread } from '../statistics.js'

export interface Verdict {
  readonly runs: number
  readonly disturbed: number
  readonly otherKind: number
  /** Null when nobody has enough comparable runs to have one. */
  readonly spread: number | null
  /** Why the figures are not to be believed; none when they are. */
  readonly doubts: readonly string[]
}

/** The part of a result that is judged. */
export interface Runs {
  readonly runs: readonly number[]
  readonly placements: readonly Placement[]
}

const WIDEST_SPREAD = 0.2
/** With fewer runs left than this, what is left was chosen rather than measured. */
const FEWEST_COMPARED = 0.5
/** So many runs make a spread. */
const SPREAD_RUNS = 3

export function judgeSuite(results: readonly Runs[], compared: Placement): Verdict {
  const placements = results.flatMap((result) => result.placements)
  const runs = placements.length
  const disturbed = placements.filter((kind) => DISTURBED.has(kind) && kind !== compared).length
  const alike = placements.filter((kind) => kind === compared).length
  const spreads = results
    .map((result) => result.runs.filter((_, run) => result.placements[run] === compared))
    .filter((values) => values.length >= SPREAD_RUNS)
    .map(quartileSpread)
  const spread = spreads.length === 0 ? null : median(spreads)
  const doubts: string[] = []
  if (runs === 0) doubts.push('nothing was measured')
  else if (DISTURBED.has(compared)) doubts.push('most runs were disturbed')
  else if (alike < runs * FEWEST_COMPARED) doubts.push('fewer than half of the runs can be compared')
  if (compared === 'unknown') doubts.push('nobody knows where the cpus were')
  if (spread !== null && spread > WIDEST_SPREAD) {
    doubts.push(`runs vary more than the ${percent(WIDEST_SPREAD)} at which a tenth is chance`)
  }
  return { runs, disturbed, otherKind: runs - disturbed - alike, spread, doubts }
}

/** The verdict as one line. */
export function verdictLine({ runs, disturbed, otherKind, spread, doubts }: Verdict): string {
  const count = runs === 1 ? '1 run' : `${runs} runs`
  const set = `${count}; set aside: ${disturbed} disturbed, ${otherKind} with the cpus elsewhere`
  const varies =
    spread === null
      ? '; too few to tell how they vary'
      : `; the middle half of a contestant's runs spans ${percent(spread)}`
  const doubt = doubts.length === 0 ? '' : `. TOO NOISY TO BELIEVE: ${doubts.join('; ')}`
  return `${set}${varies}${doubt}`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
