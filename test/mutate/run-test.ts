import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface TestRun {
  readonly outcome: 'passes' | 'fails' | 'takes too long'
  readonly ms: number
  /** The first test that failed. */
  readonly failed?: string
}

/** Runs a test file of a copy of the build, until the first test fails. Its processes end with it. */
export function runTest(
  root: string,
  test: string,
  limitMs: number,
  env: NodeJS.ProcessEnv = {},
): Promise<TestRun> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--test-reporter=tap', join(root, '.build/test', test)], {
    cwd: root,
    // The same random tests for every fault.
    env: { ...process.env, RINGBUF_SEED: '1', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    // A group of its own, so that all of it can be ended.
    detached: true,
  })
  const end = () => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
  let run: Omit<TestRun, 'ms'> | undefined
  const settle = (result: Omit<TestRun, 'ms'>) => {
    run ??= result
    end()
  }
  const timer = setTimeout(() => settle({ outcome: 'takes too long' }), limitMs)
  createInterface(child.stdout).on('line', (line) => {
    const failed = /^\s*not ok \d+ - (.*)$/.exec(line)?.[1]
    if (failed !== undefined && !failed.includes('# TODO')) settle({ outcome: 'fails', failed })
  })
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      clearTimeout(timer)
      // Before what it has left behind is ended.
      run ??= code === 0 ? { outcome: 'passes' } : { outcome: 'fails', failed: `exit code ${code}` }
      end()
      resolve({ ...run, ms: Math.round(performance.now() - started) })
    })
  })
}
