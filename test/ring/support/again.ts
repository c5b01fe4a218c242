type Option = string | number | readonly number[] | boolean | undefined

/**
 * The line that runs a check of this repository once more, in the same way: it belongs into every message of a failure.
 * Options that are undefined, false or empty are left out; one with several values has them behind it.
 */
export function again(script: string, options: Readonly<Record<string, Option>>): string {
  const words = Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== false && value !== '')
    .map(([name, value]) => [`--${name}`, ...(value === true ? [] : [value].flat().map(quoted))].join(' '))
  return `again: npm run ${script} -- ${words.join(' ')}`
}

/** As one word of a shell. */
function quoted(value: Option): string {
  const text = String(value)
  return /^[\w.:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
