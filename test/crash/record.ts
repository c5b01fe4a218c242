/** Records of the crash test: of which life, which of that life, and bytes that follow from these. */

/** Words of a payload: life, number, length in words, then the pattern. */
const HEAD_WORDS = 3
export const MOST_WORDS = 64

/** Length of a record, so that they differ. */
export function wordsOf(number: number): number {
  return HEAD_WORDS + 1 + ((Math.imul(number, 0x9e37_79b1) >>> 26) % (MOST_WORDS - HEAD_WORDS))
}

function pattern(life: number, number: number, word: number): number {
  return Math.imul(Math.imul(life + 1, 0xc2b2_ae35) ^ number, word | 1) >>> 0
}

/** Writes a payload, at a word. */
export function write(words: Uint32Array, at: number, life: number, number: number): void {
  const length = wordsOf(number)
  words[at] = life
  words[at + 1] = number
  words[at + 2] = length
  for (let i = HEAD_WORDS; i < length; i++) words[at + i] = pattern(life, number, i)
}

/** What is wrong with a payload of so many words, that begins at a word; undefined if nothing is. */
export function whatIsWrong(words: Uint32Array, at: number, found: number): string | undefined {
  const [life = 0, number = 0, length = 0] = words.subarray(at, at + HEAD_WORDS)
  if (length !== found || length !== wordsOf(number)) {
    return `record ${number} of life ${life} has ${found} words`
  }
  for (let i = HEAD_WORDS; i < length; i++) {
    if (words[at + i] !== pattern(life, number, i)) {
      return `word ${i} of record ${number} of life ${life} is wrong`
    }
  }
  return undefined
}
