/** A case as bars, best first: at the end of each how many times as fast ours is, and its own figure. */
import type { Bar } from './charts/bars.js'
import { championOf, figuresOf, isLikeWithLike, type KeptSuite, timesAsFast } from './kept-suite.js'
import { formatFigure, formatTimes } from './numbers.js'

export const HOW_TO_READ =
  'at each bar: how many times as fast this package is, then the median; whiskers: from the worst run to the best'

export function barsOfCase(
  suite: KeptSuite,
  name: string,
  names: Readonly<Record<string, string>> = {},
): readonly Bar[] {
  const champion = championOf(suite, name)
  return figuresOf(suite, name)
    .filter((result) => isLikeWithLike(result))
    .map((result) => {
      const figure = formatFigure(result.median, result.unit)
      return {
        contestant: result.contestant,
        stands: result === champion || result.contestant === champion?.contestant,
        name: names[result.contestant] ?? result.contestant,
        value: result.median,
        min: result.min,
        max: result.max,
        label: champion === undefined ? figure : `${formatTimes(timesAsFast(champion, result))}   ${figure}`,
      }
    })
}
