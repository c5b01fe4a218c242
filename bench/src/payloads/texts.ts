/** The texts of the suite `payloads`, the same in every thread: record n carries text n modulo TEXTS. */
import type { TEXT_KINDS } from './cases.js'

export type TextKind = (typeof TEXT_KINDS)[number]

/** Enough that no engine knows them by heart, and so few that they stay in the cache. */
export const TEXTS = 256

const WORDS: Readonly<Record<TextKind, string>> = {
  ascii: 'worker 7 opened src/ring/algorithm/reserve.ts, read 5821 bytes, hashed them in 31 us; ',
  mixed: 'Grüße aus Köln, привет из Москвы, 你好，世界, çа va à l’école? ',
}

/** Each begins with its own number, in four characters. */
export function textsOf(kind: TextKind, length: number): string[] {
  const words = WORDS[kind].repeat(Math.ceil(length / WORDS[kind].length) + 1)
  return Array.from({ length: TEXTS }, (_, index) => {
    const text = index.toString(16).padStart(4, '0') + words.slice(index % 16)
    // A text that was put together is flat only when somebody has looked at it as a whole.
    return Buffer.from(text.slice(0, length)).toString()
  })
}

/** Compares each text with the one that is due, whole, and answers its number. */
export function openTextCheck(texts: readonly string[]): (text: string) => number {
  let due = 0
  return (text) => {
    if (text !== texts[due % TEXTS]) {
      throw new Error(`text ${due} came out as ${JSON.stringify(text.slice(0, 40))} of ${text.length}`)
    }
    return due++
  }
}
