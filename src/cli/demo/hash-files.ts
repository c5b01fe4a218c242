import { setImmediate } from 'node:timers/promises'
import { type Consumer, createRing, formatBytes, openConsumer } from 'bpf-ringbuf'
import type { Context } from '../command.js'
import { formatCounted, printable } from '../text.js'
import { Board } from './board.js'
import { Crew } from './crew.js'
import { noProgress, openProgress, type Progress } from './progress.js'
import type { Settings } from './settings.js'
import { type Summary, summarize } from './summary.js'
import { Tally } from './tally.js'

/** Records consumed between two looks at the event loop: about a millisecond of work. */
const RECORDS_AT_ONCE = 256
/** How often the progress is looked at while no record comes. */
const PROGRESS_EVERY_MS = 100

/**
 * Makes the ring, lets the crew fill it, and consumes it until there is nothing left to come. Every thread
 * has ended when it returns.
 */
export async function hashFiles(settings: Settings, context: Context): Promise<Summary> {
  const { root, workers, ringBytes } = settings
  const { stdout, stderr, interrupted, now } = context
  const ring = createRing({ size: ringBytes, name: 'demo' })
  using consumer = openConsumer(ring)
  const tally = new Tally(workers, settings.list ? listTo(stdout) : undefined)
  const board = new Board()
  if (root.file === undefined) board.addDirectory('')
  else board.addFiles('', [root.file])

  stderr.write(
    `hashing ${printable(root.text)}: ${formatCounted(workers, 'worker')}, ring of ${formatBytes(ringBytes)}\n`,
  )
  const started = now()
  const crew = new Crew(workers, ring.handle, root.directory, board, () => ring.close())
  // A closed ring wakes the workers that wait for room, and tells the others to stop.
  const stop = () => {
    ring.close()
    crew.letGo()
  }
  void crew.ended.then(() => ring.close())
  interrupted.addEventListener('abort', stop)
  if (interrupted.aborted) stop()
  const onTerminal = settings.list && stdout.isTTY
  const progress = onTerminal ? noProgress : openProgress(stderr, now)
  try {
    await consumeAll(consumer, tally, crew, board, progress)
  } finally {
    // Also when the ring is damaged: no thread may stay behind.
    stop()
    progress.stop()
    interrupted.removeEventListener('abort', stop)
  }
  const seconds = (now() - started) / 1000
  await crew.ended
  const found = board.found
  return summarize({ settings, ring, tally, crew, found, seconds, interrupted: interrupted.aborted })
}

/** Consumes until the ring is closed and empty, or no record can come any more. */
async function consumeAll(
  consumer: Consumer,
  tally: Tally,
  crew: Crew,
  board: Board,
  progress: Progress,
): Promise<void> {
  for (;;) {
    const outcome = await consumer.waitAsync({ timeoutMs: PROGRESS_EVERY_MS })
    consumer.consumeRaw(tally.take, { max: RECORDS_AT_ONCE })
    const discarded = crew.accounts.reduce((sum, account) => sum + account.discarded, 0)
    progress.update({ done: tally.records + discarded, found: board.found, bytes: tally.bytes })
    if (outcome === 'closed') return
    // A worker that died in the middle of a record has left it busy, and nothing behind it can be reached.
    if (crew.allExited && !consumer.ready) return
    // A wait that ends at once never reaches the event loop; signals and the workers' answers need it.
    await setImmediate()
  }
}

/** Prints files as sha256sum does, but for names with control characters. */
function listTo(stdout: Context['stdout']): (digest: string, path: string) => void {
  return (digest, path) => stdout.write(`${digest}  ${printable(path)}\n`)
}
