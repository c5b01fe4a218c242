// Makes the JavaScript build of the ring algorithm a quarter faster: calls of the one-line functions of words.js and
// record.js give way to what they do.
//
//   dist/ring/algorithm/*.js  ──►  dist/ring/algorithm/inlined/*.js, which engine-js.js imports from then on
//
// V8 inlines such calls by itself, but only so much of them in one function, and the hot path has more. The WebAssembly
// build has the same done by AssemblyScript. What tsc wrote stays as it is: the explorer runs that, access by access.
// A build without this step works the same, only slower.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(root, 'dist/ring/algorithm')
const target = join(source, 'inlined')
const engine = join(root, 'dist/ring/engine-js.js')
/** In this order: the second uses the first. */
const LIBRARIES = ['words.js', 'record.js']

/** By name: the parameters of a one-line function, what it does, and how often and in which order it uses them. */
const inlinable = new Map()
let calls = 0

rmSync(target, { recursive: true, force: true })
mkdirSync(target, { recursive: true })
for (const file of LIBRARIES) await learn(file)
for (const file of readdirSync(source).filter((name) => name.endsWith('.js'))) {
  const text = readFileSync(join(source, file), 'utf8')
  const { code } = inlineIn(parse(file, text))
  // One folder further from everything that is not the algorithm's.
  const moved = code
    .replaceAll(/from '\.\.\//g, "from '../../")
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  writeFileSync(join(target, file), moved)
}
const before = readFileSync(engine, 'utf8')
writeFileSync(engine, before.replace("'./algorithm/index.js'", "'./algorithm/inlined/index.js'"))
if (calls === 0) throw new Error('no call was inlined: what tsc writes has changed')

function parse(file, text) {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
}

/** Notes the functions of a file that are a single expression over their parameters, globals and numbers. */
async function learn(file) {
  const tree = parse(file, readFileSync(join(source, file), 'utf8'))
  const numbers = new Map()
  for (const node of tree.statements.filter(ts.isImportDeclaration)) {
    const { text: from } = node.moduleSpecifier
    if (LIBRARIES.includes(from.slice(2))) continue
    const exported = await import(pathToFileURL(join(source, from)).href)
    for (const { name } of node.importClause.namedBindings.elements)
      numbers.set(name.text, exported[name.text])
  }
  for (const node of tree.statements.filter(ts.isFunctionDeclaration)) {
    const [line, ...more] = node.body.statements
    const expression =
      line && more.length === 0 && (ts.isReturnStatement(line) || ts.isExpressionStatement(line))
    if (!expression || !line.expression) continue
    const parameters = node.parameters.map(({ name }) => name.text)
    const uses = []
    let closed = true
    const substitute = (name, isFree) => {
      if (!isFree) return undefined
      if (parameters.includes(name)) {
        uses.push(name)
        return `@${name}@`
      }
      if (numbers.has(name)) return String(numbers.get(name))
      if (name !== 'Atomics' && name !== 'Math') closed = false
      return undefined
    }
    const { code } = inlineIn(line.expression, substitute)
    if (closed) inlinable.set(node.name.text, { parameters, uses, code })
  }
}

/** The text of a node with all calls in it inlined that can be; names are replaced by what `substitute` says. */
function inlineIn(node, substitute = () => undefined) {
  const tree = node.getSourceFile()
  const write = (part) => {
    if (ts.isCallExpression(part) && ts.isIdentifier(part.expression)) {
      const inlined = inlineCall(part, write)
      if (inlined !== undefined) return inlined
    }
    if (ts.isIdentifier(part)) {
      const isMember = ts.isPropertyAccessExpression(part.parent) && part.parent.name === part
      return substitute(part.text, !isMember) ?? part.text
    }
    let [text, at] = ['', part.getStart(tree)]
    ts.forEachChild(part, (child) => {
      text += tree.text.slice(at, child.getStart(tree)) + write(child)
      at = child.end
    })
    return text + tree.text.slice(at, part.end)
  }
  return { code: ts.isSourceFile(node) ? tree.text.slice(0, node.getStart(tree)) + write(node) : write(node) }
}

function inlineCall(call, write) {
  const known = inlinable.get(call.expression.text)
  if (known === undefined || known.parameters.length !== call.arguments.length) return undefined
  const { parameters, uses, code } = known
  const simple = call.arguments.map((argument) => isSimple(argument))
  // Each argument is to be evaluated once, and what they do, if they do anything, in the same order.
  const once = parameters.every((name, i) => simple[i] || uses.filter((use) => use === name).length === 1)
  const ordered = uses.filter((use) => !simple[parameters.indexOf(use)])
  const inOrder = ordered.every(
    (use, i) => i === 0 || parameters.indexOf(ordered[i - 1]) < parameters.indexOf(use),
  )
  if (!once || !inOrder) return undefined
  calls++
  const texts = call.arguments.map((argument) => write(argument))
  return `(${code.replaceAll(/@(\w+)@/g, (_, name) => {
    const i = parameters.indexOf(name)
    return ts.isIdentifier(call.arguments[i]) ? texts[i] : `(${texts[i]})`
  })})`
}

/** Whether an expression does nothing and is the same wherever it stands: arithmetic of names and numbers. */
function isSimple(node) {
  if (ts.isIdentifier(node) || ts.isNumericLiteral(node)) return true
  if (ts.isParenthesizedExpression(node)) return isSimple(node.expression)
  if (ts.isPrefixUnaryExpression(node)) {
    const { operator, operand } = node
    return (
      operator !== ts.SyntaxKind.PlusPlusToken &&
      operator !== ts.SyntaxKind.MinusMinusToken &&
      isSimple(operand)
    )
  }
  if (!ts.isBinaryExpression(node)) return false
  const { kind } = node.operatorToken
  const assigns = kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
  return !assigns && isSimple(node.left) && isSimple(node.right)
}
