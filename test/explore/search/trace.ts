import type { Event } from '../machine/machine.js'
import { WAIT_NOT_EQUAL } from '../machine/step.js'

/** Names words for people. */
export type NameWord = (address: number) => string

/**
 * What happened, as a table: a step a line, and a gap where another thread goes on.
 *
 *     consumer  [W1]  fallAsleep   atomicStore  sleep word   0 → 1
 *
 *     producer  [S2]  wakeConsumer atomicLoad   sleep word   1
 */
export function table(events: readonly Event[], names: readonly string[], nameWord: NameWord): string {
  const rows = events.map((event) => cells(event, names, nameWord))
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(0, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const lines = rows.map((row, index) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    const gap = index > 0 && events[index - 1]?.thread !== events[index]?.thread ? '\n' : ''
    return gap + line.trimEnd()
  })
  return lines.join('\n')
}

function cells(event: Event, names: readonly string[], nameWord: NameWord): string[] {
  const name = names[event.thread] ?? ''
  const { step } = event
  if (!step) return [name, '', event.what]
  if (event.what === 'time is over') return [name, '', 'time is over', 'wait', nameWord(step.address)]
  const { label = '', operation, address, site } = step
  const said = event.what === 'arrives' ? 'arrives' : operation
  return [name, label, site.function, said, nameWord(address), effect(event, names)]
}

function effect(event: Event, names: readonly string[]): string {
  const { step, before, after, answer, woken } = event
  const [first = 0] = step?.operands ?? []
  if (event.waits) return `${word(first)} waits`
  switch (step?.operation) {
    case 'wait':
      return answer === WAIT_NOT_EQUAL
        ? `${word(before)} is not ${word(first)}: goes on`
        : `${word(before)}: sleeps`
    case 'notify':
      return woken.length > 0 ? `wakes ${woken.map((thread) => names[thread]).join(' and ')}` : 'wakes nobody'
    case 'compareExchange':
      return before === (first | 0)
        ? `${word(before)} → ${word(after)}`
        : `${word(before)} is not ${word(first)}`
    case 'load':
    case 'atomicLoad':
      return word(before)
    case 'fence':
      return 'all stores have arrived'
    case 'initial':
      return `${word(answer)}, which is old`
    default:
      return `${word(before)} → ${word(after)}`
  }
}

function word(value: number): string {
  return value >= 0 && value < 0x1000 ? String(value) : `0x${(value >>> 0).toString(16)}`
}
