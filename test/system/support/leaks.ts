import { test } from 'node:test'
import { rememberOpenings } from '#dist/system/openings.js'

/**
 * A test that fails if it leaves a descriptor, a mapping or a watch open, and says where that was opened.
 * Only one at a time: what is open is remembered for the whole thread.
 */
export function tidyTest(name: string, body: () => void | Promise<void>): void {
  test(name, () => withoutLeaks(body))
}

/** Throws if the body leaves anything open. */
export async function withoutLeaks(body: () => void | Promise<void>): Promise<void> {
  const { open, end } = rememberOpenings()
  try {
    await body()
  } finally {
    end()
  }
  const left = open().map(({ kind, what, where }) => `${kind} ${what}, opened\n${where}`)
  if (left.length > 0) throw new Error(`left open:\n${left.join('\n')}`)
}
