import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Step } from './script.js'

/** The folder of the sources: what is no TypeScript is not compiled. */
export const FOLDER = new URL('../../../../test/consumer/epoll/', import.meta.url)

/** Plays scripts with the kernel's rings and its epoll; or answers why it cannot. */
export function playInKernel(scripts: readonly (readonly Step[])[]): Answer[][] | string {
  const { status, stdout, stderr, error } = spawnSync(
    'python3',
    [fileURLToPath(new URL('kernel.py', FOLDER))],
    {
      input: JSON.stringify(scripts),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  )
  if (error) return `python3 cannot be run: ${error.message}`
  if (status === 2) return stderr.trim()
  if (status !== 0) throw new Error(`kernel.py failed: ${stderr}`)
  return JSON.parse(stdout)
}
