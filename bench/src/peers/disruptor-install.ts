/**
 * shared-memory-disruptor, which is C++ and compiled while npm installs it.
 *
 * So it is no dependency, not even of the benchmarks: what it needs stands in disruptor/, outside of the workspaces, and
 * is installed into .build/disruptor/ when a run first wants it, as the C programs are compiled. Where that cannot be
 * done (no compiler, no network, no install scripts wanted) the reason is a sentence, and the contestant is absent.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('../../disruptor/', import.meta.url))
const INSTALLED = fileURLToPath(new URL('../../.build/disruptor/', import.meta.url))
const MANIFESTS = ['package.json', 'package-lock.json'] as const
const LIBRARY = 'node_modules/shared-memory-disruptor'
const ADDON = join(INSTALLED, LIBRARY, 'build/Release/disruptor.node')

const TIMEOUT_MS = 180_000
/** Without a network it shall fail soon. */
const NPM = [
  'ci',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--fetch-retries=0',
  '--fetch-timeout=20000',
]

/** Installs it if need be. Why it cannot be used here, or null. */
export function whyNoDisruptor(): string | null {
  if (process.platform !== 'linux') return 'its memory is found in /dev/shm, on Linux'
  if (isInstalled()) return null
  rmSync(INSTALLED, { recursive: true, force: true })
  mkdirSync(INSTALLED, { recursive: true })
  for (const name of MANIFESTS) copyFileSync(join(SOURCE, name), join(INSTALLED, name))
  try {
    execFileSync('npm', NPM, { cwd: INSTALLED, env: environment(), stdio: 'pipe', timeout: TIMEOUT_MS })
  } catch (error) {
    // Half an installation would be taken for a whole one.
    rmSync(INSTALLED, { recursive: true, force: true })
    return `npm could not install it: ${complaint(error)}`
  }
  return existsSync(ADDON) ? null : 'npm installed it without compiling it: are install scripts allowed?'
}

/** Of the same manifests? */
function isInstalled(): boolean {
  return (
    existsSync(ADDON) &&
    MANIFESTS.every((name) => readFileSync(join(SOURCE, name), 'utf8') === textOf(join(INSTALLED, name)))
  )
}

function textOf(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

/** Headers that came with this Node need not be fetched. */
function environment(): NodeJS.ProcessEnv {
  const prefix = dirname(dirname(process.execPath))
  const hasHeaders = existsSync(join(prefix, 'include/node/node_api.h'))
  return hasHeaders ? { npm_config_nodedir: prefix, ...process.env } : process.env
}

function complaint(error: unknown): string {
  const { code, stderr } = error as { code?: string; stderr?: Buffer }
  if (code === 'ENOENT') return 'there is no npm'
  if (code === 'ETIMEDOUT') return `it took longer than ${TIMEOUT_MS / 1e3} s`
  const lines = stderr?.toString().split('\n') ?? []
  const telling = lines.find((line) => /gyp ERR! stack|error:|ENOTFOUND|ECONN|ETIMEDOUT|not found/.test(line))
  return telling?.trim() ?? String(error)
}

/** As far as it is used. Calls without a callback answer at once; what is not there yet is empty. */
export interface Disruptor {
  produceClaimSync(): Buffer
  produceClaimManySync(count: number): Buffer[]
  produceCommitSync(): boolean
  /** All that is there, and not a copy; gives back what the last call answered. */
  consumeNewSync(): Buffer[]
  release(): void
}

type DisruptorClass = new (
  name: string,
  elements: number,
  elementBytes: number,
  consumers: number,
  consumer: number,
  init: boolean,
  spin: boolean,
) => Disruptor

/** To be called only where `whyNoDisruptor` answers null. */
export function loadDisruptor(): DisruptorClass {
  const { Disruptor } = createRequire(join(INSTALLED, 'package.json'))('shared-memory-disruptor') as {
    Disruptor: DisruptorClass
  }
  return Disruptor
}
