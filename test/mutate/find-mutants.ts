import { type Node, type Program, parse } from 'acorn'
import { accesses } from './faults/atomics.js'
import type { Fault, FaultFinder } from './faults/fault.js'
import { bounds, conditions, halves, statements, truths } from './faults/flow.js'
import { numbers, operators, signs } from './faults/operators.js'
import { flagBits, wakeConditions, wakeUps } from './faults/wake-ups.js'
import { type Mutant, nameOf } from './mutant.js'

/** Those of class A first: of two that come to the same text the first is kept. */
const FINDERS: readonly FaultFinder[] = [
  accesses,
  wakeUps,
  flagBits,
  wakeConditions,
  operators,
  numbers,
  signs,
  conditions,
  halves,
  statements,
  truths,
  bounds,
]

/** All faults that a file of the build can have, one at a time. */
export function findMutants(file: string, source: string): Mutant[] {
  const program = parse(source, { ecmaVersion: 2022, sourceType: 'module' })
  const words = wordsOf(program)
  const seen = new Set<string>()
  const names = new Map<string, number>()
  const mutants: Mutant[] = []
  const add = (fault: Fault, within: string) => {
    const was = source.slice(fault.start, fault.end)
    const key = keyOf(source, fault)
    if (was === fault.text || seen.has(key)) return
    seen.add(key)
    const mutant: Mutant = { ...fault, file, within, was, nth: 1 }
    const nth = (names.get(nameOf(mutant)) ?? 0) + 1
    names.set(nameOf(mutant), nth)
    mutants.push({ ...mutant, nth })
  }
  for (const { node, parents } of walk(program, [])) {
    const within = functionOf(parents)
    for (const find of FINDERS) {
      for (const fault of find({ node, parents, source, words })) add(fault, within)
    }
  }
  return mutants
}

/** The same for two faults that leave the same file behind: a change without what is the same before and after. */
function keyOf(source: string, { start, end, text }: Fault): string {
  let [from, to, left, right] = [start, end, 0, text.length]
  while (from < to && left < right && source[from] === text[left]) [from, left] = [from + 1, left + 1]
  while (from < to && left < right && source[to - 1] === text[right - 1]) [to, right] = [to - 1, right - 1]
  return `${from} ${to} ${text.slice(left, right)}`
}

/** Imports and names are not mutated. */
const LEFT_OUT = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'TemplateElement'])

function* walk(node: Node, parents: readonly Node[]): Generator<{ node: Node; parents: readonly Node[] }> {
  if (LEFT_OUT.has(node.type)) return
  yield { node, parents }
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof child.type === 'string') {
        yield* walk(child, [...parents, node])
      }
    }
  }
}

type Named = Node & {
  readonly id?: { readonly name: string } | null
  readonly key?: {
    readonly name: string
    readonly type: string
    readonly property?: { readonly name: string }
  }
}

/** The nearest function or method with a name, with its class. */
function functionOf(parents: readonly Node[]): string {
  const named = parents.flatMap((node) => {
    const { id, key } = node as Named
    if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') return id ? [id.name] : []
    if (node.type !== 'MethodDefinition' && node.type !== 'PropertyDefinition') return []
    if (key?.type === 'MemberExpression') return [`[${key.property?.name}]`]
    return key ? [key.type === 'PrivateIdentifier' ? `#${key.name}` : key.name] : []
  })
  return named.length === 0 ? 'module' : named.join('.')
}

function wordsOf({ body }: Program): Set<string> {
  return new Set(
    body.flatMap((node) => {
      if (node.type !== 'ImportDeclaration' || node.source.value !== './words.js') return []
      return node.specifiers.map(({ local }) => local.name)
    }),
  )
}
