/** Which sources were measured. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What decides about figures: the package and the harness, but not what only shows them. */
const MEASURED = ['src', 'bench/src', 'bench/native', 'package-lock.json', ':!bench/src/report', ':!src/cli']

/** Marks a commit whose sources had been changed when they were measured. */
const CHANGED = '+changes'

/** The commit, marked when the sources are not as they were committed; null outside of git. */
export function commitOfSources(): string | null {
  const commit = git('rev-parse', '--short', 'HEAD')
  if (commit === null) return null
  return git('status', '--porcelain', '--', ...MEASURED) === '' ? commit : `${commit}${CHANGED}`
}

/** Whether what would be measured now is what was measured then, though other files may have changed since. */
export function isMeasuredAt(commit: string | null): boolean {
  if (commit === null || commit.endsWith(CHANGED)) return false
  const untouched = git('status', '--porcelain', '--', ...MEASURED) === ''
  return untouched && git('diff', '--name-only', commit, 'HEAD', '--', ...MEASURED) === ''
}

/** What git answers, or null when it fails. */
function git(...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return null
  }
}
