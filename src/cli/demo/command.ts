import { setImmediate } from 'node:timers/promises'
import { type Consumer, createRing, formatBytes, openConsumer } from 'bpf-ringbuf'
import { type Command, type Context, EXIT_FAILURE, EXIT_OK } from '../command.js'
import { type EndSignal, exitCodeOf } from '../signals.js'
import { formatCount, formatCounted, paintFor, printable } from '../text.js'
import { Board } from './board.js'
import { Crew } from './crew.js'
import { noProgress, openProgress, type Progress } from './progress.js'
import { report } from './report.js'
import { DEFAULT_RING_SIZE, DEFAULT_WORKERS, readSettings, type Settings } from './settings.js'
import { brokenPromises, type Summary, summarize } from './summary.js'
import { Tally } from './tally.js'

/** Real work for a ring: worker threads hash files and put one record a file into it. */
export const demo: Command = {
  name: 'demo',
  summary: 'hash every file of a directory in worker threads, one record a file in one shared ring',
  operands: [
    { flags: '[path]', summary: 'a directory, or a file (default: the node_modules of this package)' },
  ],
  options: [
    { flags: '--workers <n>', summary: `worker threads (default: ${DEFAULT_WORKERS}, one a core)` },
    {
      flags: '--ring-size <size>',
      summary: `bytes of the ring, like 4096 or '16 MiB' (default: ${DEFAULT_RING_SIZE})`,
    },
    { flags: '--list', summary: "print every file's SHA-256 and path" },
    { flags: '--json', summary: 'end in one line of JSON instead of the table' },
  ],

  async run(context) {
    const settings = readSettings(context)
    const summary = await hashFiles(settings, context)
    const { stdout, stderr } = context
    if (settings.json) stdout.write(`${JSON.stringify(summary)}\n`)
    else stdout.write(report(summary, paintFor(stdout)))
    for (const line of complaints(summary, context.interrupted)) stderr.write(`ringbuf: ${line}\n`)
    return exitCode(summary, context.interrupted)
  },
}

/** Records consumed between two looks at the event loop: about a millisecond of work. */
const RECORDS_AT_ONCE = 256
/** How often the progress is looked at while no record comes. */
const PROGRESS_EVERY_MS = 100

async function hashFiles(settings: Settings, context: Context): Promise<Summary> {
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

/** What the user must know beside the numbers. */
function complaints(summary: Summary, { reason }: AbortSignal): string[] {
  const { discarded, unreadableDirectories, problems, crash, files, found, interrupted, lost } = summary
  const lines = problems.map(printable)
  const more = discarded + unreadableDirectories - problems.length
  if (more > 0 && problems.length > 0) lines.push(`and ${more} more that could not be read`)
  const soFar = `done so far: ${formatCount(files)} of ${formatCounted(found, 'file')}`
  if (interrupted && reason !== 'SIGPIPE') lines.push(`ended by ${reason}; ${soFar}`)
  if (crash !== null) lines.push(`${crash}; ${soFar}`)
  if (crash !== null && lost > 0) {
    lines.push(`it left a record reserved; ${formatCounted(lost, 'record')} behind it cannot be reached`)
  }
  if (nothingDone(summary)) lines.push('nothing could be read')
  for (const promise of brokenPromises(summary)) lines.push(`broken: ${promise}`)
  return lines
}

function exitCode(summary: Summary, interrupted: AbortSignal): number {
  if (summary.crash !== null || brokenPromises(summary).length > 0) return EXIT_FAILURE
  if (interrupted.aborted) return exitCodeOf(interrupted.reason as EndSignal)
  return nothingDone(summary) ? EXIT_FAILURE : EXIT_OK
}

function nothingDone({ records, discarded, unreadableDirectories, interrupted }: Summary): boolean {
  return records === 0 && discarded + unreadableDirectories > 0 && !interrupted
}
