import assert from 'node:assert/strict'
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Summary } from '#dist/cli/demo/summary.js'

/** Where this package lies. */
export const home = fileURLToPath(new URL('../../../../', import.meta.url))

/** The command as it is published. */
export const bin = `${home}dist/bin/ringbuf.js`

export interface Result {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions extends SpawnOptions {
  /** Another copy of the command. */
  readonly bin?: string
  /** What befalls the worker threads: see trouble.ts. */
  readonly trouble?: Readonly<Record<string, string>>
  /** Sees stdout and stderr grow. */
  readonly onOutput?: (output: { stdout: string; stderr: string }, child: ChildProcess) => void
}

/** Runs `ringbuf` as a process of its own, without a terminal, and fails if it hangs. */
export async function ringbuf(words: readonly string[], options: RunOptions = {}): Promise<Result> {
  const { bin: command = bin, trouble, onOutput, ...spawnOptions } = options
  const preload = new URL('./trouble.js', import.meta.url).href
  const env = {
    ...process.env,
    ...(trouble && { NODE_OPTIONS: `--import=${preload}`, ...trouble }),
    ...spawnOptions.env,
  }
  const child = spawn(process.execPath, [command, ...words], {
    ...spawnOptions,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
    onOutput?.({ stdout, stderr }, child)
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
    onOutput?.({ stdout, stderr }, child)
  })
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (...end) => resolve(end))
  })
  clearTimeout(late)
  assert.notEqual(signal, 'SIGKILL', `it hung: ${words.join(' ')}\n${stderr}`)
  return { code, signal, stdout, stderr }
}

/** The JSON that must stand on the last line of stdout. */
export function mustParse({ stdout, stderr }: Result): Summary {
  assert.ok(stdout.endsWith('}\n'), `stdout ends in no JSON: ${stdout.slice(-200)}\n${stderr}`)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string) as Summary
}

/** Runs the demo with --json; it must succeed, and keep all its promises. */
export async function mustHash(words: readonly string[], options: RunOptions = {}): Promise<Summary> {
  const result = await ringbuf(['demo', '--json', ...words], options)
  assert.equal(result.code, 0, result.stderr)
  const summary = mustParse(result)
  mustKeepPromises(summary)
  assert.equal(summary.files, summary.found)
  assert.equal(summary.interrupted, false)
  assert.equal(summary.crash, null)
  return summary
}

/** What holds however the demo ended, unless a worker died in the middle of a record. */
export function mustKeepPromises(summary: Summary): void {
  const { counters, workers } = summary
  const sum = (name: 'records' | 'bytes' | 'discarded' | 'failedReservations') =>
    workers.reduce((total, worker) => total + worker[name], 0)
  assert.equal(summary.lost, 0)
  assert.equal(summary.outOfOrder, 0)
  assert.equal(summary.identityHolds, true)
  assert.equal(counters.inFlight, 0)
  assert.equal(counters.consumed, summary.records)
  assert.equal(counters.submitted, summary.records)
  assert.equal(counters.skipped, summary.discarded)
  assert.equal(counters.dropped, sum('failedReservations'))
  assert.equal(summary.files, summary.records + summary.discarded)
  assert.equal(summary.records, sum('records'))
  assert.equal(summary.bytes, sum('bytes'))
  assert.equal(summary.discarded, sum('discarded'))
}
