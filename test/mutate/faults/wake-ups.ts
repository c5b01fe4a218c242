/** Class A: wake-ups that do not happen, bits that are missing, and conditions of wake-ups turned round. */
import type { BinaryExpression, CallExpression, ExpressionStatement, Node } from 'acorn'
import { nodesIn } from '../../explore/transform/labels.js'
import { isAccess } from './atomics.js'
import { type FaultFinder, type Place, textOf } from './fault.js'

/** Functions and methods that wake somebody, by their names. */
const WAKES = /^#?(notify|ringBell|ring|rouse\w*|tellSleeper|wake\w*|interrupt|end|leave|settle)$/

export const wakeUps: FaultFinder = (place) => {
  const { node } = place
  if (node.type !== 'ExpressionStatement') return []
  const { expression, start, end } = node as ExpressionStatement
  // What words.js does is an access: see atomics.ts.
  if (!wakes(expression) || isAccess(expression, place.words)) return []
  return [{ start, end, text: ';', class: 'A', fault: 'wake-up is left out' }]
}

/** Of `state | BIT`, each side alone; of `state & ~BIT`, the state as it is. */
export const flagBits: FaultFinder = (place) => {
  const { node } = place
  if (node.type !== 'BinaryExpression') return []
  const { left, right, operator, start, end } = node as BinaryExpression
  const fault = (text: string) => ({ start, end, text, class: 'A' as const, fault: 'a bit is left out' })
  if (operator === '|' && (isFlag(left) || isFlag(right))) {
    return [
      ...(isFlag(right) ? [fault(textOf(place, left))] : []),
      ...(isFlag(left) ? [fault(textOf(place, right))] : []),
    ]
  }
  const clears = operator === '&' && right.type === 'UnaryExpression' && textOf(place, right).startsWith('~')
  return clears ? [fault(textOf(place, left))] : []
}

/** Conditions that look at shared memory, or on which a wake-up depends. */
export const wakeConditions: FaultFinder = (place) => {
  const { node } = place
  const { test, consequent } = node as Node & { test?: Node; consequent?: Node }
  if (!test || !isAboutWaking(place, test, consequent)) return []
  const { start, end } = test
  return [{ start, end, text: `!(${textOf(place, test)})`, class: 'A', fault: 'condition is turned round' }]
}

function isAboutWaking({ words }: Place, test: Node, consequent: Node | undefined): boolean {
  if ([...nodesIn(test)].some((part) => isAccess(part, words))) return true
  return consequent !== undefined && [...nodesIn(consequent)].some(wakes)
}

function wakes(node: Node): boolean {
  if (node.type !== 'CallExpression') return false
  const { callee } = node as CallExpression
  const named = callee.type === 'MemberExpression' ? callee.property : callee
  return WAKES.test((named as { name?: string }).name ?? '')
}

function isFlag(node: Node): boolean {
  return node.type === 'Identifier' && /^[A-Z][A-Z\d_]+$/.test((node as { name?: string }).name ?? '')
}
