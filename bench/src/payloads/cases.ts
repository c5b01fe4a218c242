/**
 * The cases of the suite `payloads`: the same information as bytes, as text and as the fields of a struct, and the
 * ways to read it.
 */
import type { Case } from '../cases.js'

/** Characters of the texts. */
export const TEXT_LENGTHS = [16, 128, 1024] as const
/**
 *   ascii   one byte a character
 *   mixed   words of several scripts: one to three bytes a character
 */
export const TEXT_KINDS = ['ascii', 'mixed'] as const
/** Payloads of the ways to read: the shorter are copied into the object itself, the longer are not. */
export const READ_BYTES = [64, 1024] as const

export type TextCaseName = `text-${(typeof TEXT_KINDS)[number]}-${(typeof TEXT_LENGTHS)[number]}`
export type ReadCaseName = `read-${(typeof READ_BYTES)[number]}B`
export type PayloadsCaseName = TextCaseName | 'struct-56B' | ReadCaseName

/**
 *   producer thread (cpu0) ──text, struct or bytes──► transport ──► consumer thread (cpu1): reads all of it, checks it
 *   main thread    (cpu0) ──fills──► transport ──drains──► same thread, before that
 *
 * The figure is of the two threads. The cpu time of each side is of the one: nobody waits for anybody there.
 * Consumers compare what they read with what was sent, all of it; that is in the figure, for everybody alike.
 */
function payloadCase(name: PayloadsCaseName, about: string, yardsticks: readonly string[]): Case {
  return { name, unit: 'M records/s', about, yardsticks }
}

const KIND_ABOUT = { ascii: 'ASCII characters', mixed: 'characters of several scripts' } as const

export const textCases: readonly Case[] = TEXT_KINDS.flatMap((kind) =>
  TEXT_LENGTHS.map((length) =>
    payloadCase(
      `text-${kind}-${length}`,
      `texts of ${length} ${KIND_ABOUT[kind]}, written as text and read as text, compared with what was sent`,
      ['bytes-undecoded', 'postMessage-text'],
    ),
  ),
)

const struct = payloadCase(
  'struct-56B',
  'eight fields: u32, u32, u64, f64, u64, u32, i32, u8[16]; every field written, read and checked',
  ['c-struct', 'postMessage-struct'],
)

const readCases = READ_BYTES.map((bytes) =>
  payloadCase(
    `read-${bytes}B`,
    `${bytes} bytes, copied in; read in different ways, the number at both ends checked`,
    ['ours-read-raw'],
  ),
)

export const PAYLOADS_CASES: readonly Case[] = [...textCases, struct, ...readCases]
