/** A case that fails, as the text of a test: to be pasted, run, and kept when what it found is mended. */
import fc from 'fast-check'

/** @param error what the check has thrown */
export function programOf(name: string, example: unknown, seed: number, error: unknown): string {
  const [reason = ''] = `${error instanceof Error ? error.message : error}`.split('\n')
  return [
    `import { test } from 'node:test'`,
    `import { replay } from '../properties/replay.js'`,
    '',
    `// Found with seed ${seed}: ${reason}`,
    `test('${name}: what was found', () =>`,
    `  replay('${name}', ${literal(example, '  ')}))`,
    '',
  ].join('\n')
}

/** As it is written in a program: the fields of an object, and what is in an array, a line each. */
function literal(value: unknown, indent: string, depth = 0): string {
  const inner = `${indent}  `
  if (depth < 2 && Array.isArray(value) && value.length > 0) {
    const items = value.map((item) => `${inner}${literal(item, inner, depth + 2)},\n`)
    return `[\n${items.join('')}${indent}]`
  }
  if (depth < 1 && isPlain(value)) {
    const fields = Object.entries(value).map(
      ([key, field]) => `${inner}${key}: ${literal(field, inner, depth + 1)},\n`,
    )
    return `{\n${fields.join('')}${indent}}`
  }
  return fc.stringify(value)
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
