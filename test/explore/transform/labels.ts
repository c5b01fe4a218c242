import type { Comment, Node, Program } from 'acorn'

/** A part of the source that a label like [S1] stands for. */
export interface Labelled {
  readonly label: string
  readonly node: Node
}

const LABEL = /^\*?\s*(\[[A-Z]\d\])/

/**
 * Every label that begins a comment, with the statement that follows the comment. Of one with a condition
 * that is only the condition, if that does something: what is done then has labels of its own.
 */
export function findLabels(
  program: Program,
  comments: readonly Comment[],
  doesSomething: (node: Node) => boolean,
): Labelled[] {
  const statements = [...nodesIn(program)].filter(({ type }) => /(Statement|Declaration)$/.test(type))
  return comments.flatMap((comment) => {
    const label = LABEL.exec(comment.value)?.[1]
    if (!label) return []
    // Of two that begin at one place, the outer one: nodesIn answers it first.
    const next = statements
      .filter(({ start }) => start >= comment.end)
      .reduce<Node | undefined>(
        (first, node) => (first && first.start <= node.start ? first : node),
        undefined,
      )
    if (!next) return []
    const { test } = next as Node & { test?: Node | null }
    return [{ label, node: test && doesSomething(test) ? test : next }]
  })
}

/** A node and all that it consists of, without parts that are left out. */
export function* nodesIn(node: Node, isLeftOut: (node: Node) => boolean = () => false): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child) && !isLeftOut(child)) yield* nodesIn(child, isLeftOut)
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}
