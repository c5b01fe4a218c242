import { type BytePath, joinPath } from './byte-path.js'
import type { Listing } from './list-directory.js'
import type { Order } from './messages.js'

/** Files of one order: few enough that no worker waits long for the last one. */
const FILES_PER_ORDER = 32

/** With so many files waiting, their names take some 10 MB: hash some before listing more. */
const ENOUGH_FILES = 100_000

/**
 * The work that is found and not yet given to a worker. Every directory comes from the one listing of its
 * parent, and every file from the one listing of its directory, so each is given out exactly once.
 *
 * Directories come first, so that the number of files is soon known.
 */
export class Board {
  readonly #directories: BytePath[] = []
  readonly #files: Extract<Order, { kind: 'hash' }>[] = []
  #waiting = 0
  #found = 0

  /** Files found so far. */
  get found(): number {
    return this.#found
  }

  addDirectory(directory: BytePath): void {
    this.#directories.push(directory)
  }

  addFiles(directory: BytePath, names: readonly BytePath[]): void {
    for (let from = 0; from < names.length; from += FILES_PER_ORDER) {
      this.#files.push({ kind: 'hash', directory, names: names.slice(from, from + FILES_PER_ORDER) })
    }
    this.#waiting += names.length
    this.#found += names.length
  }

  addListing(directory: BytePath, { directories, files }: Listing): void {
    for (const name of directories) this.addDirectory(joinPath(directory, name))
    this.addFiles(directory, files)
  }

  /** Takes the next piece of work; undefined when none is known. The newest first, which keeps few waiting. */
  take(): Order | undefined {
    const directory = this.#waiting < ENOUGH_FILES ? this.#directories.pop() : undefined
    if (directory !== undefined) return { kind: 'list', directory }
    const files = this.#files.pop()
    if (files) this.#waiting -= files.names.length
    return files
  }

  /** Forgets what was not taken. */
  clear(): void {
    this.#directories.length = 0
    this.#files.length = 0
    this.#waiting = 0
  }
}
