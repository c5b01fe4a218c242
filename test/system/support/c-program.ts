/** The C programs of the tests, compiled once for all tests of a process; or why they cannot be. */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('../../../../test/', import.meta.url))
const BINARIES = fileURLToPath(new URL('../../', import.meta.url))

export type CProgram = 'mapped/native/producer' | 'mapped/native/consumer' | 'cli/native/threads'

const compiled = new Set<CProgram>()

/** The path of a program. @throws what gcc says */
export function compile(program: CProgram): string {
  const binary = `${BINARIES}${program}`
  if (compiled.has(program)) return binary
  mkdirSync(dirname(binary), { recursive: true })
  const flags = [
    '-O2',
    '-pthread',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-Wno-unused-function',
    '-Wno-unused-variable',
  ]
  execFileSync('gcc', [...flags, '-o', binary, `${SOURCES}${program}.c`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  compiled.add(program)
  return binary
}

/** Why they cannot be compiled here, or false. */
export const NO_GCC: string | false = missingBecause()

function missingBecause(): string | false {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' })
    return false
  } catch {
    return 'no gcc: install one, on Debian with "apt-get install gcc libc6-dev"'
  }
}
