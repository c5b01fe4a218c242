/**
 * Loaded before the command (`node --import`), this makes trouble for its worker threads: when one opens
 * a file whose path ends in TROUBLE_FILE, what TROUBLE says happens. Everything else is as it is. An empty
 * TROUBLE_FILE stands for all files.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const { TROUBLE, TROUBLE_FILE } = process.env
const { openSync, readSync } = fs

const before: Readonly<Record<string, (path: fs.PathLike) => void>> = {
  vanish: (path) => fs.rmSync(path),
  throw: () => {
    throw new TypeError('an injected mistake')
  },
  exit: () => process.exit(7),
  sleep: () => {
    // Straight to the file: what a worker writes to its streams waits for the main thread.
    fs.writeSync(2, 'asleep\n')
    sleep(60_000)
  },
  slow: () => sleep(10),
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

if (!isMainThread && TROUBLE && TROUBLE_FILE !== undefined) {
  fs.openSync = (path, ...rest) => {
    if (!String(path).endsWith(TROUBLE_FILE)) return openSync(path, ...rest)
    before[TROUBLE]?.(path)
    const file = openSync(path, ...rest)
    if (TROUBLE === 'grow') growWhenRead(file, path)
    return file
  }
  syncBuiltinESMExports()
}

/** Somebody else writes to the file when it is open, and not yet read. */
function growWhenRead(file: number, path: fs.PathLike): void {
  fs.readSync = ((...call: Parameters<typeof readSync>) => {
    if (call[0] === file) fs.appendFileSync(path, 'more')
    fs.readSync = readSync
    syncBuiltinESMExports()
    return readSync(...call)
  }) as typeof readSync
  syncBuiltinESMExports()
}
