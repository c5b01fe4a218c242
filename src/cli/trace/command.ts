import { parseRingSize, RingbufError } from 'bpf-ringbuf'
import {
  type Command,
  type Context,
  EXIT_FAILURE,
  EXIT_OK,
  Failure,
  type Output,
  UsageError,
} from '../command.js'
import { exitCodeOf } from '../signals.js'
import { formatCounted, type Paint, paintFor, printable } from '../text.js'
import { describe, type Kind, type ProcessEvent } from './event.js'
import { openTracer, type Tracer } from './tracer.js'

const DEFAULT_RING_SIZE = '1 MiB'
/** As many as Linux ever gives out on 64 bits. */
const LARGEST_PID = 2 ** 22
const COLORS: Readonly<Record<Kind, 'green' | 'yellow' | 'dim'>> = {
  fork: 'yellow',
  exec: 'green',
  exit: 'dim',
}

interface Filter {
  readonly pid: number | undefined
  readonly command: string | undefined
}

/** The example of the kernel's document: what happens to processes, in one order across processors. */
export const trace: Command = {
  name: 'trace',
  summary: 'show processes fork, exec and exit, straight from the kernel (Linux, root)',
  operands: [],
  options: [
    {
      flags: '--pid <pid>',
      summary: 'only what happens to this process, and the fork that makes it; ends with it',
    },
    { flags: '--command <name>', summary: 'only processes of this name' },
    { flags: '--ring-size <size>', summary: `bytes of the ring (default: ${DEFAULT_RING_SIZE})` },
    { flags: '--json', summary: 'a line of JSON for each event, and one at the end' },
  ],

  async run(context) {
    const { options, stdout, stderr, interrupted } = context
    const filter = readFilter(options)
    const tracer = open(readRingSize(String(options['ringSize'] ?? DEFAULT_RING_SIZE)))
    try {
      // Now that its end would be seen.
      if (filter.pid !== undefined && !isAlive(filter.pid)) {
        throw new Failure(`cannot trace: there is no process ${filter.pid}`)
      }
      const shown = await show(tracer, filter, context)
      const lost = tracer.lost()
      if (options['json']) stdout.write(`${JSON.stringify({ events: shown, lost })}\n`)
      else if (interrupted.reason !== 'SIGPIPE') stderr.write(`ringbuf: ${closing(shown, lost)}\n`)
      // Ctrl-C is how it is ended: nothing went wrong.
      return interrupted.reason === 'SIGTERM' ? exitCodeOf('SIGTERM') : lost > 0 ? EXIT_FAILURE : EXIT_OK
    } finally {
      tracer.close()
    }
  },
}

function open(ringSize: number): Tracer {
  try {
    return openTracer(ringSize)
  } catch (error) {
    if (!(error instanceof RingbufError)) throw error
    throw new Failure(`cannot trace: ${error.message}`)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

async function show(
  tracer: Tracer,
  filter: Filter,
  { options, stdout, interrupted }: Context,
): Promise<number> {
  const paint = paintFor(stdout)
  let shown = 0
  if (!options['json']) stdout.write(paint('bold', heading()))
  for await (const event of tracer.events(interrupted)) {
    if (!passes(event, filter)) continue
    shown++
    await write(stdout, options['json'] ? `${JSON.stringify(event)}\n` : line(event, paint))
    if (event.event === 'exit' && event.pid === filter.pid) break
  }
  return shown
}

/** Waits where the reader is slow: meanwhile the ring holds what comes, and counts what it cannot hold. */
async function write(stdout: Output, text: string): Promise<void> {
  if (stdout.write(text) || stdout.destroyed) return
  await new Promise<void>((resolve) => {
    stdout.once('drain', resolve)
    stdout.once('close', resolve)
  })
}

function heading(): string {
  return `${'TIME'.padEnd(15)} ${'CPU'.padStart(3)} ${'EVENT'.padEnd(5)} ${'PID'.padStart(7)} ${'COMMAND'.padEnd(16)} WHAT\n`
}

function line(event: ProcessEvent, paint: Paint): string {
  const { time, cpu, pid, command } = event
  const name = paint(COLORS[event.event], event.event.padEnd(5))
  const columns = [time.toFixed(6).padEnd(15), `${cpu}`.padStart(3), name, `${pid}`.padStart(7)]
  return `${columns.join(' ')} ${printable(command).padEnd(16)} ${describe(event)}\n`
}

function passes({ pid, child, command }: ProcessEvent, filter: Filter): boolean {
  if (filter.pid !== undefined && filter.pid !== pid && filter.pid !== child) return false
  return filter.command === undefined || filter.command === command
}

function closing(shown: number, lost: number): string {
  const events = formatCounted(shown, 'event')
  return lost > 0 ? `${events}, and ${formatCounted(lost, 'event')} lost: make the ring larger` : events
}

function readRingSize(text: string): number {
  try {
    return parseRingSize(text)
  } catch (error) {
    if (!(error instanceof RingbufError)) throw error
    throw new UsageError(`--ring-size ${text}: ${error.message}`)
  }
}

function readFilter(options: Context['options']): Filter {
  const { pid: pidText, command } = options
  const pid = pidText === undefined ? undefined : Number(pidText)
  if (pid !== undefined && !(Number.isInteger(pid) && pid > 0 && pid <= LARGEST_PID)) {
    throw new UsageError(`--pid ${pidText} must be the number of a process, 1 to ${LARGEST_PID}`)
  }
  return { pid, command: typeof command === 'string' ? command : undefined }
}
