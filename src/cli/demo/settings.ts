import { accessSync, constants, existsSync, opendirSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseRingSize, RingbufError } from 'bpf-ringbuf'
import { type Context, Failure, type OptionValue, UsageError } from '../command.js'
import { systemReason } from '../system-error.js'
import { type BytePath, fromText } from './byte-path.js'

/** What the user asked for, checked. */
export interface Settings {
  readonly root: Root
  readonly workers: number
  readonly ringBytes: number
  readonly json: boolean
  /** Whether to print every file. */
  readonly list: boolean
}

/** Where the files are. */
export interface Root {
  /** For people. */
  readonly text: string
  readonly directory: BytePath
  /** The name of the one file, when the root is no directory. */
  readonly file?: BytePath
}

const MOST_WORKERS = 256

/** One worker a core; at least two, since the point is that they share a ring. */
export const DEFAULT_WORKERS = Math.max(2, availableParallelism())
export const DEFAULT_RING_SIZE = '1 MiB'

/** @throws CommandError */
export function readSettings({ operands, options }: Context): Settings {
  return {
    workers: readWorkers(options['workers']),
    ringBytes: readRingSize(options['ringSize'] ?? DEFAULT_RING_SIZE),
    json: options['json'] === true,
    list: options['list'] === true,
    root: readRoot(operands[0]),
  }
}

function readWorkers(value: OptionValue): number {
  if (value === undefined) return DEFAULT_WORKERS
  const workers = Number(value)
  if (/^\d+$/.test(String(value)) && workers >= 1 && workers <= MOST_WORKERS) return workers
  throw new UsageError(`--workers '${value}' must be a whole number from 1 to ${MOST_WORKERS}`)
}

function readRingSize(value: OptionValue): number {
  try {
    return parseRingSize(String(value))
  } catch (error) {
    if (error instanceof RingbufError) throw new UsageError(`--ring-size: ${error.message}`)
    throw error
  }
}

/** The root may be a symbolic link, for it was asked for by name; below it links are not followed. */
function readRoot(path: string | undefined): Root {
  const text = path ?? ownNodeModules()
  try {
    const stats = statSync(text)
    if (stats.isDirectory()) {
      opendirSync(text).closeSync()
      return { text, directory: fromText(text) }
    }
    if (stats.isFile()) {
      accessSync(text, constants.R_OK)
      return { text, directory: fromText(dirname(resolve(text))), file: fromText(basename(resolve(text))) }
    }
  } catch (error) {
    throw new Failure(`cannot read '${text}': ${systemReason(error)}`)
  }
  throw new Failure(`cannot read '${text}': it is neither a directory nor a regular file`)
}

/** The packages that this one was installed with: below it in a checkout, around it as a dependency. */
function ownNodeModules(): string {
  const home = dirname(fileURLToPath(import.meta.resolve('bpf-ringbuf/package.json')))
  const below = join(home, 'node_modules')
  if (existsSync(below)) return below
  const around = dirname(home)
  if (basename(around) === 'node_modules') return around
  throw new UsageError(`there is no node_modules directory in '${home}': name a path to hash`)
}
