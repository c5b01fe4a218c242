import { type Command, type Context, EXIT_FAILURE, EXIT_OK } from '../command.js'
import { type EndSignal, exitCodeOf } from '../signals.js'
import { formatCounted, paintFor, printable } from '../text.js'
import { DEFAULT_BYTES, DEFAULT_PRODUCERS } from './cases.js'
import { describeMachine } from './machine.js'
import { openProgress } from './progress.js'
import { leftOut, report } from './report.js'
import { drawUp, type Field, runRounds } from './rounds.js'
import { DEFAULT_RING_SIZE, readSettings, type Settings } from './settings.js'
import { type Summary, summarize } from './summary.js'

/** Columns where nobody says how many there are. */
const USUAL_COLUMNS = 80
/** What a run takes beside its time: its threads, sometimes its process. */
const START_MS = 130

/** The main measurements, on the machine of whoever asks. */
export const bench: Command = {
  name: 'bench',
  summary: 'measure the ring on this machine, beside what Node has: messages, pipes, the ring of the kernel',
  operands: [],
  options: [
    { flags: '--quick', summary: 'one round, for a first look' },
    { flags: '--only <name...>', summary: 'only these cases or contestants, by the names in the tables' },
    { flags: '--seconds <n>', summary: 'how long each run is measured (default: 0.2)' },
    {
      flags: '--size <bytes>',
      summary: `bytes of a record (default: ${DEFAULT_BYTES}, and 1024 in one case)`,
    },
    { flags: '--producers <n>', summary: `where there are many (default: ${DEFAULT_PRODUCERS})` },
    { flags: '--ring-size <size>', summary: `bytes of the ring (default: ${DEFAULT_RING_SIZE})` },
    { flags: '--json', summary: 'end in one line of JSON instead of the tables' },
  ],

  async run(context) {
    const settings = readSettings(context)
    const { stdout, stderr, interrupted } = context
    const summary = await measure(settings, context)
    if (settings.json) stdout.write(`${JSON.stringify(summary)}\n`)
    else if (summary.results.length > 0) {
      stdout.write(report(summary, stdout.columns ?? USUAL_COLUMNS, paintFor(stdout)))
    }
    for (const line of complaints(summary, settings, interrupted)) stderr.write(`ringbuf: ${line}\n`)
    return exitCode(summary, interrupted)
  },
}

async function measure(settings: Settings, { stderr, now, interrupted }: Context): Promise<Summary> {
  const started = now()
  const field = await drawUp(settings)
  stderr.write(`${announcement(field, settings)}\n`)
  const progress = openProgress(stderr, field.entries.length * settings.rounds, now)
  let done = 0
  let others = 0
  try {
    others = await runRounds(field.entries, settings.rounds, interrupted, (entry, round) => {
      progress.update(done++, `round ${round}: ${entry.case.name}, ${entry.contestant.name}`)
    })
  } finally {
    progress.stop()
  }
  const seconds = (now() - started) / 1000
  const machine = describeMachine()
  return summarize({ field, settings, machine, seconds, others, interrupted: interrupted.aborted })
}

function announcement({ entries }: Field, { rounds, warmUpMs, measuredMs }: Settings): string {
  const runs = entries.length * rounds
  const seconds = Math.ceil((runs * (warmUpMs + measuredMs + START_MS)) / 1000)
  const cases = new Set(entries.map((entry) => entry.case)).size
  return `${formatCounted(cases, 'case')}, ${formatCounted(runs, 'run')}: about ${formatCounted(seconds, 'second')}`
}

/** What the user must know beside the numbers. */
function complaints(summary: Summary, { json, rounds }: Settings, { reason }: AbortSignal): string[] {
  const { results, absent, interrupted } = summary
  const failures = results.flatMap(({ case: name, contestant, errors }) =>
    errors.map((error) => `failed: ${name}, ${contestant}: ${printable(error)}`),
  )
  // Tables name them; without tables they are named here.
  const missing = json || results.length === 0 ? leftOut(absent) : []
  const done = results.reduce((sum, { runs }) => sum + runs.length, 0)
  return [
    ...failures,
    ...missing,
    ...(results.length === 0 ? ['nothing could be measured'] : []),
    ...(interrupted && reason !== 'SIGPIPE'
      ? [`ended by ${reason}; done so far: ${done} of ${formatCounted(results.length * rounds, 'run')}`]
      : []),
  ]
}

function exitCode({ ok, results, interrupted: early }: Summary, interrupted: AbortSignal): number {
  if (results.some(({ errors }) => errors.length > 0)) return EXIT_FAILURE
  if (early) return exitCodeOf(interrupted.reason as EndSignal)
  return ok ? EXIT_OK : EXIT_FAILURE
}
