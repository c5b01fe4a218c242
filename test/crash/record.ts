/** Records of the crash test: who sent it in which life, which of that life, and bytes that follow from these. */

/** Words of a payload: producer, life, number, length in words, then the pattern. */
export const HEAD_WORDS = 4
export const MOST_WORDS = 64

/** Length of a record, so that they differ. */
export function wordsOf(number: number): number {
  return HEAD_WORDS + (Math.imul(number, 0x9e37_79b1) >>> 26)
}

export function pattern(producer: number, life: number, number: number, word: number): number {
  return (
    Math.imul(Math.imul(producer + 1, 0x85eb_ca6b) ^ Math.imul(life, 0xc2b2_ae35) ^ number, word | 1) >>> 0
  )
}

/** Writes a payload, at a word. */
export function write(words: Uint32Array, at: number, producer: number, life: number, number: number): void {
  const length = wordsOf(number)
  words[at] = producer
  words[at + 1] = life
  words[at + 2] = number
  words[at + 3] = length
  for (let i = HEAD_WORDS; i < length; i++) words[at + i] = pattern(producer, life, number, i)
}

/** What is wrong with a payload; undefined if nothing is. */
export function whatIsWrong(words: Uint32Array): string | undefined {
  const [producer = 0, life = 0, number = 0, length = 0] = words
  if (length !== words.length || length !== wordsOf(number)) {
    return `record ${number} of life ${life} of producer ${producer} has ${words.length} words`
  }
  for (let i = HEAD_WORDS; i < length; i++) {
    if (words[i] !== pattern(producer, life, number, i)) {
      return `word ${i} of record ${number} of life ${life} of producer ${producer} is wrong`
    }
  }
  return undefined
}
