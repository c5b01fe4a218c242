/** A plug-in's side of the protocol. */
import { createInterface } from 'node:readline'
import type { Capability } from '../src/capabilities.js'

export interface PluginParts {
  /** Without spaces. */
  readonly name: string
  readonly capabilities: readonly Capability[]
  /** What answers a request, by its name: gets the words behind it. */
  readonly requests: Readonly<Record<string, (...words: string[]) => string>>
  /** Gives up what it holds. */
  readonly close?: () => void
}

export function serve({ name, capabilities, requests, close }: PluginParts): void {
  const hello = () => ['hello 1', name, ...capabilities].join(' ')
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    const [request = '', ...words] = line.split(' ')
    const answer = request === 'hello' ? hello : requests[request]
    process.stdout.write(`${answer ? answered(() => answer(...words)) : `cannot ${request}`}\n`)
  })
  if (close) lines.on('close', close)
}

function answered(answer: () => string): string {
  try {
    return answer()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return `fault ${error instanceof Error ? error.message.replaceAll('\n', ' ') : error}`
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex') || '-'
}

export function bytesOf(digits: string | undefined): Uint8Array {
  return digits === undefined || digits === '-'
    ? new Uint8Array()
    : Uint8Array.from(Buffer.from(digits, 'hex'))
}

export function commitAnswer(wakes: boolean): string {
  return wakes ? 'ok wake' : 'ok quiet'
}

function recordsAnswer(records: readonly Uint8Array[]): string {
  return ['records', ...records.map(hexOf)].join(' ')
}

function headerAnswer(word: number, page: number): string {
  return `header ${(word >>> 0).toString(16).padStart(8, '0')} ${page}`
}

/** What every ring of TypeScript shows of itself in the same way. */
export interface Shown {
  readonly readable: boolean
  consume(most: number): readonly Uint8Array[]
  position(name: string): number
  header(position: number): { readonly word: number; readonly page: number }
  data(offset: number, length: number): Uint8Array
  moveConsumer(position: number): void
}

/** The requests that look at a ring, or consume from it. */
export function shownRequests(ring: () => Shown): PluginParts['requests'] {
  return {
    consume: (most) => recordsAnswer(ring().consume(Number(most))),
    readable: () => (ring().readable ? 'yes' : 'no'),
    position: (which = '') => `number ${ring().position(which)}`,
    header: (position) => {
      const { word, page } = ring().header(Number(position))
      return headerAnswer(word, page)
    },
    data: (offset, length) => `bytes ${hexOf(ring().data(Number(offset), Number(length)))}`,
    'move-consumer': (position) => {
      ring().moveConsumer(Number(position))
      return 'ok'
    },
  }
}
