/** Class B: another operator, another number. */
import type {
  AssignmentExpression,
  BinaryExpression,
  Literal,
  Node,
  UnaryExpression,
  UpdateExpression,
} from 'acorn'
import { type Fault, type FaultFinder, type Place, textOf } from './fault.js'

const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '&': ['|'],
  '|': ['&'],
  '<<': ['>>>'],
  '>>>': ['<<'],
  '>>': ['<<'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
  '|=': ['&='],
  '&=': ['|='],
}

export const operators: FaultFinder = (place) => {
  const { node } = place
  if (node.type !== 'BinaryExpression' && node.type !== 'AssignmentExpression') return []
  const { operator, left, right } = node as BinaryExpression | AssignmentExpression
  // `x | 0` and `x >>> 0` only say what kind of number it is.
  if (isNumber(right, 0) && ['|', '>>>'].includes(operator)) return []
  if (operator === '+' && (isText(left) || isText(right))) return []
  return (INSTEAD[operator] ?? []).map((instead) => swapped(place, left, right, operator, instead))
}

export const numbers: FaultFinder = ({ node, parents }) => {
  if (node.type !== 'Literal' || typeof (node as Literal).value !== 'number') return []
  const parent = parents.at(-1) as BinaryExpression | undefined
  if (parent?.type === 'BinaryExpression' && isNumber(node, 0) && ['|', '>>>'].includes(parent.operator))
    return []
  const { start, end, value } = node as Literal & { value: number }
  return [value + 1, value - 1].map((other) => ({
    start,
    end,
    text: other < 0 ? `(${other})` : String(other),
    class: 'B' as const,
    fault: 'number is off by one',
  }))
}

export const signs: FaultFinder = (place) => {
  const { node } = place
  if (node.type === 'UnaryExpression') {
    const { operator, argument, start, end } = node as UnaryExpression
    if (operator !== '!' && operator !== '-' && operator !== '~') return []
    return [
      { start, end, text: `(${textOf(place, argument)})`, class: 'B', fault: `${operator} is left out` },
    ]
  }
  if (node.type !== 'UpdateExpression') return []
  const { operator, argument, prefix, start, end } = node as UpdateExpression
  const instead = operator === '++' ? '--' : '++'
  const name = textOf(place, argument)
  const text = prefix ? instead + name : name + instead
  return [{ start, end, text, class: 'B', fault: `${operator} becomes ${instead}` }]
}

function swapped(place: Place, left: Node, right: Node, operator: string, instead: string): Fault {
  const between = place.source.slice(left.end, right.start)
  const at = left.end + between.lastIndexOf(operator)
  return {
    start: left.start,
    end: right.end,
    text: place.source.slice(left.start, at) + instead + place.source.slice(at + operator.length, right.end),
    class: 'B',
    fault: `${operator} becomes ${instead}`,
  }
}

function isNumber(node: Node, value: number): boolean {
  return node.type === 'Literal' && (node as Literal).value === value
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || typeof (node as Literal).value === 'string'
}
