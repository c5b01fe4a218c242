/**
 * Makes a module of the ring algorithm one that can be interrupted: its functions become generators, and
 * whatever they do to shared memory becomes a step that is yielded. Nothing else changes, so what is
 * explored is what is shipped.
 *
 *     export function wakeUp(view) {                   function* wakeUp(view) {
 *       return exchange(view, word(view), 0)      →      return (yield* $.words(4, …, 'exchange', view, (yield* word(view)), 0))
 *     }                                                }
 */
import {
  type CallExpression,
  type Comment,
  type FunctionDeclaration,
  type Node,
  type Program,
  parse,
  type VariableDeclarator,
} from 'acorn'
import type { Site } from '../machine/step.js'
import { findLabels, nodesIn } from './labels.js'

/** What a module says about others before it is transformed. */
export interface Parsed {
  readonly path: string
  readonly text: string
  readonly program: Program
  readonly comments: readonly Comment[]
  /** Names of its functions. */
  readonly functions: ReadonlySet<string>
  readonly imports: readonly Import[]
  /** Exported name, and where it comes from if it is passed on. */
  readonly exports: readonly { readonly name: string; readonly local: string; readonly from?: string }[]
}

export interface Import {
  readonly from: string
  readonly names: readonly { readonly imported: string; readonly local: string }[]
}

export function parseModule(path: string, text: string): Parsed {
  const comments: Comment[] = []
  const program = parse(text, {
    ecmaVersion: 2022,
    sourceType: 'module',
    locations: true,
    onComment: comments,
  })
  const functions = new Set<string>()
  const imports: Import[] = []
  const exports: { name: string; local: string; from?: string }[] = []
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      const names = node.specifiers.map((specifier) => {
        if (specifier.type !== 'ImportSpecifier') throw unknown(path, specifier)
        return { imported: nameOf(specifier.imported), local: specifier.local.name }
      })
      imports.push({ from: String(node.source.value), names })
    } else if (node.type === 'ExportNamedDeclaration') {
      for (const { local, exported } of node.specifiers) {
        const from = node.source ? { from: String(node.source.value) } : {}
        exports.push({ name: nameOf(exported), local: nameOf(local), ...from })
      }
      for (const name of declaredBy(node.declaration)) exports.push({ name, local: name })
      if (node.declaration?.type === 'FunctionDeclaration') functions.add(node.declaration.id.name)
    } else if (node.type === 'FunctionDeclaration') {
      functions.add(node.id.name)
    }
  }
  return { path, text, program, comments, functions, imports, exports }
}

/** What the names that a module calls stand for. */
export interface Names {
  /** Functions that have become generators. */
  isGenerator(name: string): boolean
  /** Functions of words.ts that touch shared memory. */
  isAccess(name: string): boolean
}

export interface Transformed {
  readonly body: string
  readonly labels: readonly string[]
}

/**
 * The body of a function that gets `$` and the module's imports, and returns its exports. Every step's
 * place is added to `sites`, whose index the step carries.
 */
export function transformModule(parsed: Parsed, names: Names, sites: Site[]): Transformed {
  const doesSomething = (node: Node) =>
    callsIn(node).some((call) => accessOf(call, names) || callsGenerator(call, names))
  const labels = findLabels(parsed.program, parsed.comments, doesSomething)
  const edits = new Edits(parsed.text)
  for (const node of parsed.program.body) {
    if (node.type === 'ImportDeclaration') edits.replace(node.start, node.end, '')
    if (node.type !== 'ExportNamedDeclaration') continue
    if (node.declaration) edits.replace(node.start, node.declaration.start, '')
    else edits.replace(node.start, node.end, '')
  }
  // How often somebody looks before giving up is a number: one is as good as a hundred, and less to go through.
  for (const { start, end } of patiences(parsed.program)) edits.replace(start, end, '1')
  for (const declaration of functionsOf(parsed.program)) {
    edits.insert(declaration.start + 'function'.length, '*')
    const counts = new Map<string, number>()
    for (const call of callsIn(declaration.body)) {
      const label = labels.find(({ node }) => node.start <= call.start && call.end <= node.end)?.label
      const access = accessOf(call, names)
      if (access) {
        const { by, operation } = access
        const nth = (counts.get(operation) ?? 0) + 1
        counts.set(operation, nth)
        const line = call.loc?.start.line ?? 0
        sites.push({ module: parsed.path, function: declaration.id.name, operation, nth, line })
        const first = (call.arguments[0] as Node).start
        const place = `${sites.length - 1}, ${label ? `'${label}'` : undefined}`
        edits.replace(call.start, first, `(yield* $.${by}(${place}, '${operation}', `)
        edits.insert(call.end, ')')
      } else if (callsGenerator(call, names)) {
        edits.insert(call.start, label ? `(yield* $.within('${label}', ` : '(yield* ')
        edits.insert(call.end, label ? '))' : ')')
      }
    }
  }
  const exported = parsed.exports.map(({ name, local }) => (name === local ? name : `${name}: ${local}`))
  const body = `'use strict'\n${edits.apply()}\nreturn { ${exported.join(', ')} }\n//# sourceURL=explored/${parsed.path}`
  return { body, labels: labels.map(({ label }) => label) }
}

/** Calls in a function, those of functions inside of it left out: they cannot be interrupted, nor are they used. */
function callsIn(body: Node): CallExpression[] {
  const isInner = ({ type }: Node) => type === 'ArrowFunctionExpression' || type === 'FunctionExpression'
  return [...nodesIn(body, isInner)].filter(isCall)
}

function isCall(node: Node): node is CallExpression {
  return node.type === 'CallExpression'
}

function callsGenerator({ callee }: CallExpression, names: Names): boolean {
  return callee.type === 'Identifier' && names.isGenerator(callee.name)
}

/** The access that a call is, and who does it: words.ts, or `Atomics` where a module does without that. */
function accessOf({ callee }: CallExpression, names: Names): { by: string; operation: string } | undefined {
  if (callee.type === 'Identifier') {
    return names.isAccess(callee.name) ? { by: 'words', operation: callee.name } : undefined
  }
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined
  if (callee.object.name !== 'Atomics' || callee.property.type !== 'Identifier') return undefined
  const { name } = callee.property
  return { by: 'atomics', operation: { load: 'atomicLoad', store: 'atomicStore' }[name] ?? name }
}

/** The values of constants called SOMETHING_PATIENCE. */
function patiences(program: Program): Node[] {
  return [...nodesIn(program)].flatMap((node) => {
    if (node.type !== 'VariableDeclarator') return []
    const { id, init } = node as VariableDeclarator
    return id.type === 'Identifier' && id.name.endsWith('_PATIENCE') && init ? [init] : []
  })
}

export function functionsOf(program: Program): FunctionDeclaration[] {
  return program.body.flatMap((node) => {
    const declaration = node.type === 'ExportNamedDeclaration' ? node.declaration : node
    return declaration?.type === 'FunctionDeclaration' ? [declaration as FunctionDeclaration] : []
  })
}

/** Changes to a text, in any order; of two insertions at one place, the first comes first. */
class Edits {
  readonly #text: string
  readonly #edits: { start: number; end: number; text: string }[] = []

  constructor(text: string) {
    this.#text = text
  }

  insert(at: number, text: string): void {
    this.replace(at, at, text)
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text })
  }

  apply(): string {
    let result = ''
    let at = 0
    for (const { start, end, text } of this.#edits.toSorted((a, b) => a.start - b.start)) {
      result += this.#text.slice(at, start) + text
      at = end
    }
    return result + this.#text.slice(at)
  }
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.name ?? String(node.value)
}

function declaredBy(declaration: Node | null | undefined): string[] {
  if (!declaration) return []
  if (declaration.type === 'FunctionDeclaration') return [(declaration as FunctionDeclaration).id.name]
  const { declarations = [] } = declaration as Node & { declarations?: { id: { name: string } }[] }
  return declarations.map(({ id }) => id.name)
}

function unknown(path: string, { type, start }: Node): Error {
  return new Error(`${path}: the explorer does not know what to do with ${type} at ${start}`)
}
