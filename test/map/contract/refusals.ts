/** What each type refuses, as the table of docs/maps.md: made of answers.ts. */
import { ANSWERS, COLUMNS } from './answers.js'

const OPERATIONS = [
  'lookup',
  'lookupAndDelete',
  'delete',
  'nextKey',
  'update any',
  'update noexist',
  'update exist',
  'lookupBatch',
  'lookupAndDeleteBatch',
  // What it refuses of its entries, `update` does, too.
  'updateBatch none',
  'deleteBatch',
]

export function refusalsTable(): string {
  const columns = Object.entries(COLUMNS)
  const rows = OPERATIONS.map((operation) => [
    nameOf(operation),
    ...columns.map(([, [type]]) => refusalsOf(operation, ANSWERS.get(type as 'hash') ?? new Map())),
  ])
  const header = ['', ...columns.map(([column]) => column)]
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function nameOf(operation: string): string {
  const [name, mode] = operation.split(' ')
  return mode && name === 'update' ? `\`${name}\`, ${mode}` : `\`${name}\``
}

/** An errno alone if it always comes; else when it comes. */
function refusalsOf(operation: string, answers: ReadonlyMap<string, string>): string {
  const asked = [...answers]
    .filter(([situation, answer]) => isOf(operation, situation) && answer !== 'argument')
    .map(
      ([situation, answer]) => [situation.slice(operation.length + 1), answer.split('/')[0] ?? ''] as const,
    )
  const errnos = [...new Set(asked.map(([, answer]) => answer).filter((answer) => /^E/.test(answer)))]
  return errnos
    .map((errno) => {
      const when = asked.filter(([, answer]) => answer === errno).map(([situation]) => situation)
      return when.length === asked.length ? errno : `${errno}: ${when.join('; ')}`
    })
    .join(', ')
}

function isOf(operation: string, situation: string): boolean {
  return situation === operation || situation.startsWith(`${operation} `)
}
