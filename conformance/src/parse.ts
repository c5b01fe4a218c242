/**
 * Reads case files.
 *
 *     case   a record is not there before it is submitted
 *     covers R16 R31
 *     needs  wakeups
 *     ring   4096
 *       reserve a 5
 *       consume            -> nothing
 *       write a "hello"
 *       submit a           -> wake
 *       consume            -> "hello"
 *
 * `ring` is the `create` that succeeds. Lines between `repeat N` and `end` are done N times. What begins with #
 * is for people.
 */
import { isCapability } from './capabilities.js'
import { type Case, CaseError, type Operation, type Place } from './case.js'
import { OPERATIONS } from './operations.js'

export interface Line {
  readonly place: Place
  readonly text: string
}

type Draft = { -readonly [Key in keyof Case]: Case[Key] }

export function parseCases(file: string, text: string): Case[] {
  const lines = text
    .split('\n')
    .map((line, i) => ({ place: { file, line: i + 1 }, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
  const cases: Draft[] = []
  let body: Line[] = []
  const close = () => {
    const last = cases.at(-1)
    if (last) last.operations = [...last.operations, ...unrolled(body)]
    body = []
  }
  for (const line of lines) {
    if (!isHead(line.text)) {
      if (cases.length === 0) throw new CaseError(line.place, 'stands before the first case')
      body.push(line)
      continue
    }
    close()
    readHead(cases, line)
  }
  close()
  for (const one of cases) mustBeWhole(one)
  return cases
}

function isHead(text: string): boolean {
  return /^(case|covers|needs|ring)\s/.test(text)
}

function readHead(cases: Draft[], line: Line): void {
  const { place, text } = line
  const [word = '', ...rest] = text.split(/\s+/)
  if (word === 'case') {
    cases.push({ place, title: rest.join(' '), requirements: [], needs: [], operations: [] })
    return
  }
  const last = cases.at(-1)
  if (!last) throw new CaseError(place, 'stands before the first case')
  if (word === 'ring') last.operations = [operationOf({ place, text: `create ${rest.join(' ')}` })]
  else if (word === 'needs') {
    const wrong = rest.find((one) => !isCapability(one))
    if (wrong !== undefined) throw new CaseError(place, `there is no capability ${wrong}`)
    last.needs = rest.filter(isCapability)
  } else {
    const wrong = rest.find((one) => !/^R\d+$/.test(one))
    if (wrong !== undefined) throw new CaseError(place, `${wrong} is no requirement: write R and its number`)
    last.requirements = rest
  }
}

function mustBeWhole({ place, requirements, operations }: Case): void {
  if (requirements.length === 0) throw new CaseError(place, 'covers nothing')
  if (operations.length === 0) throw new CaseError(place, 'does nothing')
}

function unrolled(lines: readonly Line[]): Operation[] {
  const operations: Operation[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line
    const [, times] = /^repeat (\d+)$/.exec(line.text) ?? []
    if (times === undefined) {
      operations.push(operationOf(line))
      continue
    }
    const end = lines.findIndex(({ text }, at) => at > i && text === 'end')
    if (end < 0) throw new CaseError(line.place, 'has no end')
    const block = lines.slice(i + 1, end).map(operationOf)
    for (let round = 0; round < Number(times); round++) operations.push(...block)
    i = end
  }
  return operations
}

/** What the plug-in is told by a line, and what stands behind the arrow. @throws CaseError */
export function readRequest({ place, text }: Line) {
  const [left = '', right] = text.split(/\s*->\s*/)
  const [name = '', ...words] = left.match(/"[^"]*"|\S+/g) ?? []
  const kind = OPERATIONS[name]
  if (!kind) throw new CaseError(place, `there is no operation ${name}`)
  const request = kind.request(words)
  if (request === undefined) throw new CaseError(place, `write: ${kind.usage}`)
  return { kind, text: left, request, expected: right ?? kind.usual }
}

/** @throws CaseError */
export function operationOf(line: Line): Operation {
  const { kind, text, request, expected } = readRequest(line)
  const matches = expected === undefined ? undefined : kind.answer(expected)
  if (expected === undefined || !matches) throw new CaseError(line.place, `write: ${kind.usage}`)
  return { place: line.place, text, request, expected, matches }
}
