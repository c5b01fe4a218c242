// Runs every example, and compares what it prints with the comment at its end.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples')
const PROMISE = /^\/\/ Prints(?<anyOrder>, in any order)?:\n(?<lines>(?:\/\/.*\n)+)$/m

const names = readdirSync(folder).filter((name) => name.endsWith('.mjs'))
if (names.length === 0) throw new Error(`there are no examples in ${folder}`)
const failures = names.filter((name) => !keepsItsPromise(name))
process.exit(failures.length === 0 ? 0 : 1)

function keepsItsPromise(name) {
  const path = join(folder, name)
  const promise = PROMISE.exec(readFileSync(path, 'utf8'))?.groups
  if (!promise) return fail(name, "it has no comment '// Prints:' at its end")
  const expected = promise.lines.replace(/^\/\/ ?/gm, '')
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [path], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  if (error) return fail(name, error.message)
  if (status !== 0) return fail(name, `exit code ${status}\n${stderr}`)
  const same = promise.anyOrder ? sorted(stdout) === sorted(expected) : stdout === expected
  if (!same) return fail(name, `it printed\n${stdout}and should have printed\n${expected}`)
  console.log(`ok      ${name}`)
  return true
}

function sorted(text) {
  return text.split('\n').sort().join('\n')
}

function fail(name, why) {
  console.log(`FAILED  ${name}: ${why}`)
  return false
}
