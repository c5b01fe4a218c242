import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository, from where the compiled tests run. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Paths of all files below a folder, from the repository. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    .sort()
}

/** Runs a program of this repository. Answers what it printed, and how it ended. */
export function run(command: string, ...args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' })
  return { code: status, output: `${stdout}${stderr}` }
}

export function runNode(...args: readonly string[]): { code: number | null; output: string } {
  return run(process.execPath, ...args)
}
