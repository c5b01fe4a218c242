import type { Baseline } from './baseline.js'
import type { Mutant } from './mutant.js'

/**
 * How much it would cost until a test notices a mutant, as far as names tell: what it takes, less where it is about the same
 * folder, and much less where its name and the place of the mutant have a word in common. A long test that notices does so
 * before it is over, so by the root of its time.
 */
export function costOf({ test, ms }: Baseline, { file, within }: Mutant): number {
  const sameFolder = file.split('/')[0] === test.split('/')[0]
  const words = wordsOf(test)
  const common = wordsOf(`${file} ${within}`).filter((word) => words.includes(word))
  return Math.sqrt(ms) / ((sameFolder ? 2 : 1) * (1 + 5 * common.length))
}

/** The words of a path or name, short: `#takeSlot` and `slots.test.js` have `slot` in common. */
function wordsOf(text: string): string[] {
  const words =
    text.replaceAll(/\b(js|test|ring|consumer|memory|algorithm)\b/g, '').match(/[A-Z]?[a-z]{3,}/g) ?? []
  return [...new Set(words.map((word) => word.toLowerCase().slice(0, 4)))]
}
