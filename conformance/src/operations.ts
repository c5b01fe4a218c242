/** The operations that cases are made of: what the plug-in is told, and what it may answer. */
import { parseBytes, written } from './bytes.js'
import {
  type AnswerKind,
  bytes,
  commitOutcome,
  drained,
  header,
  number,
  oneOf,
  outcome,
  records,
} from './expectation.js'

export interface OperationKind {
  /** How it is written, for whoever writes it otherwise. */
  readonly usage: string
  /** The request, of the words behind the name; undefined if they are not as they should be. */
  readonly request: (words: readonly string[]) => string | undefined
  readonly answer: AnswerKind
  /** What is expected where nothing else is written. */
  readonly usual?: string
}

const FLAGS: Readonly<Record<string, number>> = { 'no-wakeup': 1, 'force-wakeup': 2, both: 3 }
const QUERIES: Readonly<Record<string, number>> = {
  available: 0,
  size: 1,
  consumer: 2,
  producer: 3,
  overwritten: 4,
}
/** Bits of a header. */
const STATES: Readonly<Record<string, number>> = {
  committed: 0,
  discarded: 2 ** 30,
  busy: 2 ** 31,
  both: 2 ** 31 + 2 ** 30,
}
const BPF_F_RB_OVERWRITE = 2 ** 19
const MOST_HANDLES = 8

export const OPERATIONS: Readonly<Record<string, OperationKind>> = {
  create: {
    usage: 'create SIZE [overwrite|flags N] [from POSITION]',
    request: (words) => {
      const [size, ...rest] = words
      const start = rest.at(-2) === 'from' ? rest.splice(-2)[1] : '0'
      const flags = rest[0] === 'overwrite' ? `${BPF_F_RB_OVERWRITE}` : (flagsOf(rest) ?? '')
      return requestOf('create', [size, flags, start].map(numberOf))
    },
    answer: outcome,
    usual: 'ok',
  },
  reserve: {
    usage: 'reserve HANDLE SIZE [flags N]',
    request: ([handle, size, ...rest]) =>
      requestOf('reserve', [handleOf(handle), numberOf(size), flagsOf(rest)]),
    answer: outcome,
    usual: 'ok',
  },
  write: {
    usage: 'write HANDLE BYTES [at OFFSET]',
    request: ([handle, payload, ...rest]) =>
      requestOf('write', [
        handleOf(handle),
        rest.length === 0 ? '0' : rest[0] === 'at' ? numberOf(rest[1]) : undefined,
        bytesOf(payload),
      ]),
    answer: outcome,
    usual: 'ok',
  },
  submit: {
    usage: 'submit HANDLE [no-wakeup|force-wakeup|both|flags N]',
    request: ([handle, ...rest]) => requestOf('submit', [handleOf(handle), flagsOf(rest)]),
    answer: commitOutcome,
    usual: 'ok',
  },
  discard: {
    usage: 'discard HANDLE [no-wakeup|force-wakeup|both|flags N]',
    request: ([handle, ...rest]) => requestOf('discard', [handleOf(handle), flagsOf(rest)]),
    answer: commitOutcome,
    usual: 'ok',
  },
  output: {
    usage: 'output BYTES [no-wakeup|force-wakeup|both|flags N]',
    request: ([payload, ...rest]) => requestOf('output', [flagsOf(rest), bytesOf(payload)]),
    answer: commitOutcome,
    usual: 'ok',
  },
  consume: {
    usage: 'consume [MOST] -> RECORD, RECORD, ... or nothing',
    request: ([most = '0']) => requestOf('consume', [numberOf(most)]),
    answer: records,
  },
  query: {
    usage: 'query available|size|consumer|producer|overwritten|N -> NUMBER',
    request: ([what = '']) => requestOf('query', [numberOf(`${QUERIES[what] ?? what}`)]),
    answer: number,
  },
  readable: {
    usage: 'readable -> yes or no',
    request: () => 'readable',
    answer: oneOf('yes', 'no'),
  },
  position: {
    usage: 'position consumer|producer|pending -> NUMBER',
    request: ([which]) =>
      requestOf('position', [['consumer', 'producer', 'pending'].find((one) => one === which)]),
    answer: number,
  },
  header: {
    usage: 'header POSITION -> busy|discarded|committed LENGTH [page N]',
    request: ([position]) => requestOf('header', [numberOf(position)]),
    answer: header,
  },
  data: {
    usage: 'data OFFSET LENGTH -> BYTES',
    request: ([offset, length]) => requestOf('data', [numberOf(offset), numberOf(length)]),
    answer: bytes,
  },
  'move-consumer': {
    usage: 'move-consumer POSITION',
    request: ([position]) => requestOf('move-consumer', [numberOf(position)]),
    answer: outcome,
    usual: 'ok',
  },
  map: {
    usage: 'map OPERATION -> ok or an error number',
    request: (words) => requestOf('map', words),
    answer: outcome,
  },
  mapping: {
    usage: 'mapping consumer|producer|data|mirror|beyond read|write -> ok or an error number',
    request: ([part, access]) => requestOf('mapping', [part, access]),
    answer: outcome,
  },
  verify: {
    usage: 'verify PROGRAM -> accepted or rejected',
    request: ([program]) => requestOf('verify', [program]),
    answer: oneOf('accepted', 'rejected'),
  },
  'user-create': {
    usage: 'user-create SIZE',
    request: ([size]) => requestOf('user-create', [numberOf(size)]),
    answer: outcome,
    usual: 'ok',
  },
  'user-reserve': {
    usage: 'user-reserve HANDLE SIZE',
    request: ([handle, size]) => requestOf('user-reserve', [handleOf(handle), numberOf(size)]),
    answer: outcome,
    usual: 'ok',
  },
  'user-submit': {
    usage: 'user-submit HANDLE',
    request: ([handle]) => requestOf('user-submit', [handleOf(handle)]),
    answer: outcome,
    usual: 'ok',
  },
  'user-discard': {
    usage: 'user-discard HANDLE',
    request: ([handle]) => requestOf('user-discard', [handleOf(handle)]),
    answer: outcome,
    usual: 'ok',
  },
  'user-header': {
    usage: 'user-header POSITION busy|committed|discarded|both LENGTH',
    request: ([position, state = '', length]) =>
      requestOf('user-header', [numberOf(position), STATES[state]?.toString(), numberOf(length)]),
    answer: outcome,
    usual: 'ok',
  },
  'user-producer': {
    usage: 'user-producer POSITION',
    request: ([position]) => requestOf('user-producer', [numberOf(position)]),
    answer: outcome,
    usual: 'ok',
  },
  drain: {
    usage: 'drain all|one [no-wakeup|force-wakeup|both|flags N] -> NUMBER [wake|quiet] or an error number',
    request: ([most, ...rest]) =>
      requestOf('drain', [['all', 'one'].find((one) => one === most), flagsOf(rest)]),
    answer: (expected) => drained(expected) ?? outcome(expected),
  },
}

function requestOf(name: string, words: readonly (string | undefined)[]): string | undefined {
  return words.every((word) => word !== undefined && word !== '') ? [name, ...words].join(' ') : undefined
}

/** Handles are letters, from a on. */
function handleOf(word: string | undefined): string | undefined {
  const index = word?.length === 1 ? word.charCodeAt(0) - 'a'.charCodeAt(0) : -1
  return index >= 0 && index < MOST_HANDLES ? `${index}` : undefined
}

function numberOf(word: string | undefined): string | undefined {
  return word !== undefined && /^\d+$/.test(word) ? word : undefined
}

function bytesOf(word: string | undefined): string | undefined {
  const payload = parseBytes(word ?? '')
  return payload && written(payload)
}

function flagsOf(words: readonly string[]): string | undefined {
  const [first, second] = words
  if (first === undefined) return '0'
  if (first === 'flags') return numberOf(second)
  return FLAGS[first]?.toString()
}
