/** The plug-ins of this repository, by name: how each is started, or why it cannot be. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import { ROOT } from './load.js'

const COMPILED = `${ROOT}.build/conformance/plugins/`
const C_SOURCES = `${ROOT}conformance/plugins/c/`
const C_FLAGS = ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-Werror']
/** Each record that is held has a thread. */
const KERNEL_THREADS = 'UV_THREADPOOL_SIZE=16'

/** @throws Error where it cannot be started here */
type Command = () => readonly string[]

export const PLUGINS: Readonly<Record<string, Command>> = {
  kernel: () => probed(['env', KERNEL_THREADS, process.execPath, `${COMPILED}kernel/main.js`]),
  c: () => [compiledC()],
  python: () => {
    execFileSync('python3', ['--version'], { stdio: 'ignore' })
    return ['python3', `${ROOT}conformance/plugins/python/model.py`]
  },
  wasm: ours(),
  js: ours('--engine', 'js'),
  'wasm-lock': ours('--reservations', 'lock'),
  'js-lock': ours('--engine', 'js', '--reservations', 'lock'),
  mapped: ours('--memory', 'mapped'),
  'mapped-js': ours('--memory', 'mapped', '--engine', 'js'),
}

/** A plug-in of this repository, with words behind its name; or any command. */
export function commandOf(words: string): readonly string[] {
  const [name = '', ...options] = words.trim().split(/\s+/)
  const known = Object.hasOwn(PLUGINS, name) ? PLUGINS[name] : undefined
  return [...(known?.() ?? [name]), ...options]
}

function ours(...options: readonly string[]): Command {
  return () => [process.execPath, `${COMPILED}ours/main.js`, ...options]
}

/** Whether the kernel has all that its plug-in needs shows when a record is held. */
function probed(command: readonly string[]): readonly string[] {
  const [program = '', ...parameters] = command
  const input = 'create 4096 0 0\nreserve 0 8 0\n'
  const answers = execFileSync(program, parameters, { input, encoding: 'utf8', stdio: 'pipe' })
  if (answers !== 'ok\nok\n') throw new Error(`the kernel refuses: ${answers.trim().replaceAll('\n', ', ')}`)
  return command
}

function compiledC(): string {
  mkdirSync(`${COMPILED}c`, { recursive: true })
  const binary = `${COMPILED}c/ring`
  // Of its own, until it is whole: another run may be at it as well.
  const draft = `${binary}.${process.pid}`
  execFileSync('gcc', [...C_FLAGS, '-o', draft, `${C_SOURCES}main.c`, `${C_SOURCES}ring.c`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  renameSync(draft, binary)
  return binary
}
