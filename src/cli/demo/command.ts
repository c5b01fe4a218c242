import { type Command, EXIT_FAILURE, EXIT_OK } from '../command.js'
import { type EndSignal, exitCodeOf } from '../signals.js'
import { formatCount, formatCounted, paintFor, printable } from '../text.js'
import { hashFiles } from './hash-files.js'
import { report } from './report.js'
import { DEFAULT_RING_SIZE, DEFAULT_WORKERS, readSettings } from './settings.js'
import { brokenPromises, type Summary } from './summary.js'

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
