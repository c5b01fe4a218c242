/** The little Markdown that the report is made of. */

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: string = 'l',
): string {
  const rule = head.map((_, column) => ((align[column] ?? align.at(-1)) === 'r' ? '---:' : '---'))
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

/** Folded away until somebody wants it. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`
}

export function code(text: string): string {
  return `\`${text}\``
}

export function image(alt: string, path: string): string {
  return `![${alt.replaceAll('[', '(').replaceAll(']', ')')}](${path})`
}

/** `a`, `a and b`, `a, b and c` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
