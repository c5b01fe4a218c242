/** Class A: every access to shared memory left out, or weakened. */
import type { CallExpression, Node } from 'acorn'
import { type Fault, type FaultFinder, type Place, textOf } from './fault.js'

/** Instead of a call, with the texts of its arguments; undefined where that is not possible. */
type Weaker = (operands: readonly string[], call: Calls) => { text: string; needs?: readonly string[] }

/** How a file calls the operations of shared memory: by words.js, or by Atomics. */
interface Calls {
  load(at: string): string
  store(at: string, value: string): string
  compareExchange(at: string, expected: string, value: string): string
  readonly needs: (...names: string[]) => readonly string[]
}

const BY_WORDS: Calls = {
  load: (at) => `atomicLoad(${at})`,
  store: (at, value) => `atomicStore(${at}, ${value})`,
  compareExchange: (at, expected, value) => `compareExchange(${at}, ${expected}, ${value})`,
  needs: (...names) => names,
}

const BY_ATOMICS: Calls = {
  load: (at) => `Atomics.load(${at})`,
  store: (at, value) => `Atomics.store(${at}, ${value})`,
  compareExchange: (at, expected, value) => `Atomics.compareExchange(${at}, ${expected}, ${value})`,
  needs: () => [],
}

const ANSWERS_ZERO: Weaker = () => ({ text: '0' })

/** An operation that reads and writes: left out, or done in two steps. */
function readAndWrite(operator: string): Record<string, Weaker> {
  return {
    'is left out': ([view, index], by) => ({
      text: by.load(`${view}, ${index}`),
      needs: by.needs('atomicLoad'),
    }),
    'becomes a load and a store': ([view, index, value], by) => {
      const at = `${view}, ${index}`
      const written = operator === '' ? `${value}` : `(${by.load(at)} ${operator} (${value}))`
      return {
        text: `[${by.load(at)}, ${by.store(at, written)}][0]`,
        needs: by.needs('atomicLoad', 'atomicStore'),
      }
    },
  }
}

const COMPARE_EXCHANGE: Record<string, Weaker> = {
  'is left out': ([, , expected]) => ({ text: `(${expected})` }),
  'becomes a store': ([view, index, expected, value], by) => ({
    text: `[${expected}, ${by.store(`${view}, ${index}`, `${value}`)}][0]`,
    needs: by.needs('atomicStore'),
  }),
}

/** By operation: what can be wrong with it, and what stands there then. */
const WEAKER: Readonly<Record<string, Record<string, Weaker>>> = {
  load: { 'is left out': ANSWERS_ZERO },
  store: { 'is left out': ANSWERS_ZERO },
  fill: { 'is left out': ANSWERS_ZERO },
  atomicLoad: {
    'is left out': ANSWERS_ZERO,
    'becomes plain': ([view, at]) => ({ text: `load(${view}, ${at})`, needs: ['load'] }),
  },
  atomicStore: {
    'is left out': ANSWERS_ZERO,
    'becomes plain': ([view, at, value]) => ({ text: `store(${view}, ${at}, ${value})`, needs: ['store'] }),
  },
  exchange: readAndWrite(''),
  add: readAndWrite('+'),
  or: readAndWrite('|'),
  and: readAndWrite('&'),
  compareExchange: COMPARE_EXCHANGE,
  compareExchangePair: {
    'is left out': () => ({ text: 'true' }),
    'compares one word': ([view, at, low, , newLow], by) => ({
      text: `(${by.compareExchange(`${view}, ${at}`, `${low}`, `${newLow}`)} === (${low}))`,
      needs: by.needs('compareExchange'),
    }),
  },
  notify: { 'is left out': ANSWERS_ZERO },
  ringBell: { 'is left out': ANSWERS_ZERO },
}

const WEAKER_ATOMICS: Readonly<Record<string, Record<string, Weaker>>> = {
  load: { 'is left out': ANSWERS_ZERO },
  store: { 'is left out': ANSWERS_ZERO },
  exchange: readAndWrite(''),
  add: readAndWrite('+'),
  or: readAndWrite('|'),
  and: readAndWrite('&'),
  compareExchange: COMPARE_EXCHANGE,
  notify: { 'is left out': ANSWERS_ZERO },
  wait: { 'is left out': () => ({ text: "'not-equal'" }) },
}

export const accesses: FaultFinder = (place) => {
  const { node, words } = place
  if (node.type !== 'CallExpression') return []
  const call = node as CallExpression
  const operation = operationOf(call, words)
  if (!operation) return []
  const { name, weaker, by } = operation
  const operands = call.arguments.map((argument) => textOf(place, argument as Node))
  return Object.entries(weaker).map(([what, weaken]): Fault => {
    const { text, needs = [] } = weaken(operands, by)
    const { start, end } = call
    return { start, end, text, class: 'A', fault: `${name} ${what}`, ...imported(place, needs) }
  })
}

/** Whether a node touches shared memory. */
export function isAccess(node: Node, words: ReadonlySet<string>): boolean {
  return node.type === 'CallExpression' && operationOf(node as CallExpression, words) !== undefined
}

function operationOf({ callee }: CallExpression, words: ReadonlySet<string>) {
  if (callee.type === 'Identifier') {
    const weaker = words.has(callee.name) && Object.hasOwn(WEAKER, callee.name) && WEAKER[callee.name]
    return weaker ? { name: callee.name, weaker, by: BY_WORDS } : undefined
  }
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return undefined
  if (callee.object.type !== 'Identifier' || callee.object.name !== 'Atomics') return undefined
  const { name } = callee.property
  const weaker = WEAKER_ATOMICS[name]
  return weaker ? { name: `Atomics.${name}`, weaker, by: BY_ATOMICS } : undefined
}

/** An import of what the file has not imported; imports may stand anywhere, so at its end. */
function imported({ words }: Place, needs: readonly string[]): { epilogue?: string } {
  const missing = needs.filter((name) => !words.has(name))
  if (missing.length === 0) return {}
  return { epilogue: `\nimport { ${missing.join(', ')} } from './words.js';\n` }
}
