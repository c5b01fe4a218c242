// Runs test/runtimes/, the stress test, handshakes and the outcomes of races in this runtime and others: newer Nodes, Bun,
// Deno, as npm packages, which are installed below .build when they are not there yet.
//
//   node scripts/run-in-runtimes.mjs [--only deno,bun] [--effort 10] [--json]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const home = join(root, '.build/runtimes')

/** How each is installed, and called. */
const RUNTIMES = {
  node20: { command: process.execPath, args: [] },
  node22: { package: 'node@22', command: 'node_modules/node/bin/node', args: [] },
  node24: { package: 'node@24', command: 'node_modules/node/bin/node', args: [] },
  node26: { package: 'node@26', command: 'node_modules/node/bin/node', args: [] },
  bun: { package: 'bun@1', command: 'node_modules/.bin/bun', args: ['run'] },
  deno: { package: 'deno@2', command: 'node_modules/.bin/deno', args: ['run', '--allow-all'] },
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, effort: { type: 'string', default: '1' }, json: { type: 'boolean' } },
})
const effort = Number(values.effort)

/** What is run, and what it says when it has come to its end: a runtime that ends earlier has lost a promise. */
const PROGRAMS = [
  ...readdirSync(join(root, 'test/runtimes')).map((file) => ({
    file: join('test/runtimes', file),
    args: [],
    end: /^\d+ checks$/m,
    seconds: 20,
  })),
  {
    file: '.build/test/stress/main.js',
    args: ['--records', `${40_000 * effort}`, '--json'],
    end: /^\{"ok":true,"records":\d+/m,
    seconds: 60 * effort,
  },
  {
    file: '.build/test/handshakes/main.js',
    // Other threads of a busy machine stall a wake-up, too; one that is lost takes longer.
    args: ['--count', `${4000 * effort}`, '--stall-ms', '3000', '--json'],
    end: /^\{"ok":true,"count":\d+/m,
    seconds: 60 * effort,
  },
  {
    file: '.build/test/outcomes/main.js',
    args: ['--rounds', `${40 * effort}`, '--threads', '--json'],
    end: /^\{"ok":true,"seed":\d+,"rounds":\d+/m,
    seconds: 120 * effort,
  },
]
const names = values.only?.split(',') ?? Object.keys(RUNTIMES)
const results = names.map((name) => ({ name, ...run(name) }))
const ok = results.every((result) => result.ok)
if (values.json) console.log(JSON.stringify({ ok, results }))
process.exit(ok ? 0 : 1)

function run(name) {
  const runtime = RUNTIMES[name]
  if (!runtime) throw new Error(`runtime '${name}' must be one of ${Object.keys(RUNTIMES).join(', ')}`)
  const command = runtime.package ? join(install(name, runtime), runtime.command) : runtime.command
  const failures = []
  const figures = {}
  for (const { file, args, end, seconds } of PROGRAMS) {
    const started = performance.now()
    // From inside the package, so that it finds itself by its name.
    const { status, stdout, stderr, error } = spawnSync(
      command,
      [...runtime.args, join(root, file), ...args],
      { cwd: root, encoding: 'utf8', timeout: 1000 * seconds },
    )
    const said = end.exec(stdout ?? '')?.[0]
    figures[file] = {
      ...figuresIn(stdout ?? ''),
      seconds: Math.round((performance.now() - started) / 100) / 10,
    }
    if (status === 0 && said) console.error(`ok      ${name}: ${file}, ${said}`)
    else {
      failures.push(file)
      console.error(`FAILED  ${name}: ${file}, exit code ${status} ${error ?? ''}\n${stdout}${stderr}`)
    }
  }
  return { version: versionOf(command), ok: failures.length === 0, failures, figures }
}

/** What a program has counted: numbers of its last line, but not the lists in it. */
function figuresIn(stdout) {
  const last = stdout.trimEnd().split('\n').at(-1)
  const checks = /^(\d+) checks$/.exec(last)
  if (checks) return { checks: Number(checks[1]) }
  if (!last.startsWith('{')) return {}
  return Object.fromEntries(Object.entries(JSON.parse(last)).filter(([, value]) => typeof value === 'number'))
}

function versionOf(command) {
  return spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0]
}

function install(name, { package: spec, command }) {
  const folder = join(home, name)
  if (existsSync(join(folder, command))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-save', spec], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${spec} cannot be installed: ${stderr}`)
  return folder
}
