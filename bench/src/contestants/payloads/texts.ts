/** Texts: written and read at each level of this package, as JSON, as bytes that nobody decodes, and as messages. */
import { decodeText } from '../../../../dist/index.js'
import { TEXT_KINDS, TEXT_LENGTHS, type TextCaseName } from '../../payloads/cases.js'
import type { ContentMeasurement } from '../../payloads/measurement.js'
import { openTextCheck, TEXTS, textsOf } from '../../payloads/texts.js'
import { overPort } from './port.js'
import { type OpenPush, overRing, readCopies, readIterated, readLeased, readRaw } from './ring.js'

type TextCases = Readonly<Partial<Record<TextCaseName, ContentMeasurement>>>

/** Each thread makes the texts for itself. */
function forEach(measure: (texts: () => string[]) => ContentMeasurement): TextCases {
  const cases = TEXT_KINDS.flatMap((kind) =>
    TEXT_LENGTHS.map((length) => [`text-${kind}-${length}`, measure(() => textsOf(kind, length))]),
  )
  return Object.fromEntries(cases)
}

function writeText(texts: readonly string[]): OpenPush {
  return (producer) => (sequence) => producer.outputText(texts[sequence % TEXTS] as string) === 0
}

/** Into a record that was reserved: its length in bytes must be known first. */
function writeRecord(texts: readonly string[]): OpenPush {
  return (producer) => (sequence) => {
    const text = texts[sequence % TEXTS] as string
    const record = producer.record(Buffer.byteLength(text))
    if (record === null) return false
    record.writeText(text)
    record.submit()
    return true
  }
}

interface Message {
  readonly sequence: number
  readonly text: string
}

function writeJson(texts: readonly string[]): OpenPush {
  return (producer) => (sequence) => {
    const message: Message = { sequence, text: texts[sequence % TEXTS] as string }
    return producer.outputText(JSON.stringify(message)) === 0
  }
}

/** The same texts, encoded before the run; whoever reads them compares the length and the first four bytes. */
function asBytes(texts: () => string[]): ContentMeasurement {
  const encoded = () => texts().map((text) => new TextEncoder().encode(text))
  const numberAt = (bytes: Uint8Array, at: number) => bytes[at + 3] as number
  return overRing(
    (producer) => {
      const payloads = encoded()
      return (sequence) => producer.output(payloads[sequence % TEXTS] as Uint8Array) === 0
    },
    readRaw(() => {
      const payloads = encoded()
      let due = 0
      return (memory, offset, length) => {
        const expected = payloads[due % TEXTS] as Uint8Array
        if (length !== expected.length || numberAt(memory, offset) !== numberAt(expected, 0)) {
          throw new Error(`${length} other bytes came out as record ${due}`)
        }
        return due++
      }
    }),
  )
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Records that are copies are read with the decoder that everybody has. */
function openDecoded(texts: () => string[]): () => (record: Uint8Array) => number {
  return () => {
    const check = openTextCheck(texts())
    return (record) => check(decoder.decode(record))
  }
}

export const TEXT_CONTESTANTS: Readonly<Record<string, { about: string; cases: TextCases }>> = {
  'bytes-undecoded': {
    about: 'bytes that were text before the run, and stay bytes: the least',
    cases: forEach(asBytes),
  },
  'ours-text-raw': {
    about: 'outputText; consumeRaw and decodeText',
    cases: forEach((texts) =>
      overRing(
        writeText(texts()),
        readRaw(() => {
          const check = openTextCheck(texts())
          return (memory, offset, length) => check(decodeText(memory, offset, length))
        }),
      ),
    ),
  },
  'ours-text-record': {
    about: 'record of Buffer.byteLength, writeText; lease, record.text()',
    cases: forEach((texts) =>
      overRing(
        writeRecord(texts()),
        readLeased(() => {
          const check = openTextCheck(texts())
          return (record) => check(record.text())
        }),
      ),
    ),
  },
  'ours-text-consume': {
    about: 'outputText; consume, and a TextDecoder',
    cases: forEach((texts) => overRing(writeText(texts()), readCopies(openDecoded(texts)))),
  },
  'ours-text-pooled': {
    about: 'the same with pooledCopies',
    cases: forEach((texts) =>
      overRing(writeText(texts()), readCopies(openDecoded(texts)), { pooledCopies: true }),
    ),
  },
  'ours-text-iterate': {
    about: 'outputText; for (const record of consumer), and a TextDecoder',
    cases: forEach((texts) => overRing(writeText(texts()), readIterated(openDecoded(texts)))),
  },
  'ours-text-json': {
    about: 'outputText of JSON with a number beside the text; decodeText and JSON.parse',
    cases: forEach((texts) =>
      overRing(
        writeJson(texts()),
        readRaw(() => {
          const check = openTextCheck(texts())
          return (memory, offset, length) => {
            const { sequence, text } = JSON.parse(decodeText(memory, offset, length)) as Message
            if (check(text) !== sequence) throw new Error(`the number ${sequence} came out`)
            return sequence
          }
        }),
      ),
    ),
  },
  'postMessage-text': {
    about: 'postMessage of the text',
    cases: forEach((texts) => {
      const made = texts()
      return overPort(
        (sequence) => made[sequence % TEXTS] as string,
        () => openTextCheck(texts()),
      )
    }),
  },
}
