import { readdirSync } from 'node:fs'
import { type BytePath, fromBytes, toBytes } from './byte-path.js'

/** What stands in one directory, by kind. */
export interface Listing {
  readonly directories: readonly BytePath[]
  readonly files: readonly BytePath[]
  /** Not followed: what they lead to is either below the root anyway, or not asked for. */
  readonly symlinks: number
  /** Pipes, sockets and devices: to read one may take for ever, or change something. */
  readonly special: number
}

/** Reads one directory. Throws the error of the operating system. */
export function listDirectory(path: BytePath): Listing {
  const directories: BytePath[] = []
  const files: BytePath[] = []
  let symlinks = 0
  let special = 0
  for (const entry of readdirSync(toBytes(path), { withFileTypes: true, encoding: 'buffer' })) {
    // The types of Node 20 say that an entry's name is always text.
    const name = fromBytes(entry.name as unknown as Buffer)
    if (entry.isFile()) files.push(name)
    else if (entry.isDirectory()) directories.push(name)
    else if (entry.isSymbolicLink()) symlinks++
    else special++
  }
  return { directories, files, symlinks, special }
}
