import { type Bytes, equals, parseBytes, shown } from './bytes.js'
import type { Capability } from './capabilities.js'

/** Whether a plug-in's answer, as it came, is the expected one. */
export type Matcher = (answer: string, has: ReadonlySet<Capability>) => boolean

/** What an operation can be answered: which words may stand behind the arrow. Undefined: not these. */
export type AnswerKind = (expected: string) => Matcher | undefined

/** `ok`, or what went wrong: `none`, or an error number by its name. */
export const outcome: AnswerKind = (expected) => {
  if (expected === 'ok') return (answer) => /^ok( wake| quiet)?$/.test(answer)
  if (expected === 'none') return (answer) => answer === 'none'
  if (/^E[A-Z0-9]+$/.test(expected)) return (answer) => answer === `errno ${expected}`
  return undefined
}

/** The same, and whether it wakes. Who cannot tell says just `ok`. */
export const commitOutcome: AnswerKind = (expected) => {
  if (expected !== 'wake' && expected !== 'quiet') return outcome(expected)
  return (answer, has) => answer === (has.has('wakeups') ? `ok ${expected}` : 'ok')
}

/** Positions may be of 32 bits, and wrap: the lower 32 are compared. */
export const number: AnswerKind = (expected) => {
  if (!/^\d+$/.test(expected)) return undefined
  return (answer) => {
    const [, digits] = /^number (\d+)$/.exec(answer) ?? []
    return digits !== undefined && BigInt.asUintN(32, BigInt(digits)) === BigInt.asUintN(32, BigInt(expected))
  }
}

/** How many a program has drained, and whether it woke who waits for room: `2`, `2 wake`, `0 quiet`. */
export const drained: AnswerKind = (expected) => {
  if (!/^\d+( wake| quiet)?$/.test(expected)) return undefined
  return (answer) =>
    answer === `number ${expected}` || answer.replace(/ (wake|quiet)$/, '') === `number ${expected}`
}

/** `nothing`, or records with commas between. */
export const records: AnswerKind = (expected) => {
  const all = expected === 'nothing' ? [] : allBytes(expected.match(/"[^"]*"|[^,\s]+/g) ?? [])
  if (all === undefined) return undefined
  return (answer) => {
    const [kind, ...given] = answer.split(' ')
    return (
      kind === 'records' &&
      given.length === all.length &&
      all.every((one, i) => equals(one, given[i] as string))
    )
  }
}

export const bytes: AnswerKind = (expected) => {
  const wanted = parseBytes(expected)
  if (wanted === undefined) return undefined
  return (answer) => answer.startsWith('bytes ') && equals(wanted, answer.slice('bytes '.length))
}

const BITS = { busy: 2 ** 31, discarded: 2 ** 30, committed: 0 } as const

/** `busy 12`, `discarded 12`, `committed 12`; with `page 3` behind it. */
export const header: AnswerKind = (expected) => {
  const [, state, length, page] = /^(busy|discarded|committed) (\d+)(?: page (\d+))?$/.exec(expected) ?? []
  if (state === undefined) return undefined
  const word = (Number(length) + BITS[state as keyof typeof BITS]).toString(16).padStart(8, '0')
  return (answer) => {
    const [kind, givenWord, givenPage] = answer.split(' ')
    return kind === 'header' && givenWord === word && (page === undefined || givenPage === page)
  }
}

/** One of these words, as it is. */
export const oneOf =
  (...words: readonly string[]): AnswerKind =>
  (expected) =>
    words.includes(expected) ? (answer) => answer === expected : undefined

/** An answer, as a case would expect it; bytes for people, who need not see all of them, or otherwise. */
export function shownAnswer(answer: string, ofBytes = shown): string {
  const [kind, ...rest] = answer.split(' ')
  if (kind === 'records') return rest.length === 0 ? 'nothing' : rest.map(ofBytes).join(', ')
  if (kind === 'bytes') return rest.map(ofBytes).join(' ')
  if (kind === 'number' || kind === 'errno') return rest.join(' ')
  if (kind === 'header') return shownHeader(rest[0] ?? '', rest[1] ?? '')
  if (answer === 'ok wake' || answer === 'ok quiet') return rest.join(' ')
  return answer
}

function shownHeader(digits: string, page: string): string {
  const word = Number.parseInt(digits, 16)
  const state = word >= BITS.busy ? 'busy' : word >= BITS.discarded ? 'discarded' : 'committed'
  return `${state} ${word % BITS.discarded} page ${page}`
}

function allBytes(words: readonly string[]): Bytes[] | undefined {
  const all = words.map(parseBytes)
  return all.every((one) => one !== undefined) ? (all as Bytes[]) : undefined
}
