/** Class B: conditions, statements, answers and bounds that are missing. */
import type { CallExpression, IfStatement, Literal, LogicalExpression, Node, ReturnStatement } from 'acorn'
import { type Fault, type FaultFinder, textOf } from './fault.js'

const LOOPS = ['WhileStatement', 'DoWhileStatement', 'ForStatement']

export const conditions: FaultFinder = (place) => {
  const { node } = place
  const { test } = node as IfStatement
  if (!test || node.type === 'SwitchCase') return []
  // A loop without end would only be waited for.
  const always = LOOPS.includes(node.type) ? [] : ['true']
  return [...always, 'false'].map((text) => ({
    start: test.start,
    end: test.end,
    text,
    class: 'B' as const,
    fault: `condition is always ${text}`,
  }))
}

/** Of `a && b`, `a || b` and `a ?? b`, each side alone. */
export const halves: FaultFinder = (place) => {
  const { node } = place
  if (node.type !== 'LogicalExpression') return []
  const { left, right, operator, start, end } = node as LogicalExpression
  return [left, right].map((side) => ({
    start,
    end,
    text: `(${textOf(place, side)})`,
    class: 'B' as const,
    fault: `one side of ${operator} is left out`,
  }))
}

const STATEMENTS = ['ExpressionStatement', 'ThrowStatement', 'BreakStatement', 'ContinueStatement']

export const statements: FaultFinder = (place) => {
  const { node, parents } = place
  const { start, end } = node
  if (STATEMENTS.includes(node.type)) {
    if (/^(super\(|['"]use )/.test(textOf(place, node))) return []
    // Fields of a class that nobody sets are noticed by the compiler.
    return [fault(start, end, ';', 'statement is left out')]
  }
  if (node.type !== 'ReturnStatement') return []
  const { argument } = node as ReturnStatement
  // Where it is false, undefined would be as good.
  if (argument && textOf(place, argument) === 'false') return []
  if (argument) return [fault(argument.start, argument.end, '', 'answer is left out')]
  // At the end of a function it says nothing.
  return isLast(node, parents) ? [] : [fault(start, end, ';', 'statement is left out')]
}

export const truths: FaultFinder = ({ node }) => {
  const { value, start, end } = node as Literal
  if (node.type !== 'Literal' || typeof value !== 'boolean') return []
  return [fault(start, end, String(!value), `${value} becomes ${!value}`)]
}

/** `Math.min(a, b)` without one of both. */
export const bounds: FaultFinder = (place) => {
  const { node } = place
  if (node.type !== 'CallExpression') return []
  const { callee, arguments: sides, start, end } = node as CallExpression
  if (!/^Math\.(min|max)$/.test(textOf(place, callee)) || sides.length !== 2) return []
  return sides.map((side) => fault(start, end, `(${textOf(place, side as Node)})`, 'bound is left out'))
}

function fault(start: number, end: number, text: string, what: string): Fault {
  return { start, end, text, class: 'B', fault: what }
}

function isLast(node: Node, parents: readonly Node[]): boolean {
  const [body, owner] = [parents.at(-1), parents.at(-2)]
  const inFunction = /Function/.test(owner?.type ?? '')
  return inFunction && (body as { body?: Node[] } | undefined)?.body?.at(-1) === node
}
