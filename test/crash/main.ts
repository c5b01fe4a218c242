/**
 * The crash test: processes that are killed with SIGKILL at random moments, and what must hold all the same.
 * `npm run crash -- --kills 10000 --json`
 *
 *   P1 ─┐  killed, and replaced
 *   P2 ─┼─► ring between processes ─► consumer, in this process: every record intact, in order, none missing,
 *   P3 ─┤                             and never held up for longer than LONGEST_HOLD_UP_MS
 *   P4 ─┘─► ledger: what each producer knows that it has sent
 *
 * Then the same with a consumer that is killed, in a process of its own.
 */
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { again } from '../ring/support/again.js'
import { Random } from '../ring/support/random.js'
import { killConsumers } from './kill-consumers.js'
import { killProducers } from './kill-producers.js'
import { Ledger } from './ledger.js'
import { startMetronome } from './metronome.js'

const options = new Command('crash')
  .option('--kills <n>', 'producers to kill', wholeNumber, 200)
  .option('--consumer-kills <n>', 'consumers to kill (default: a tenth)', wholeNumber)
  .option('--producers <n>', 'producer processes', wholeNumber, 4)
  .option('--spares <n>', 'processes that are started ahead', wholeNumber, 4)
  .option('--seed <n>', 'what moments and victims are drawn from', wholeNumber, Date.now() % 2 ** 31)
  .option('--json', 'end in one line of JSON', false)
  .parse()
  .opts<{
    kills: number
    consumerKills?: number
    producers: number
    spares: number
    seed: number
    json: boolean
  }>()
const { kills, producers: most, spares, seed } = options
const consumerKills = options.consumerKills ?? Math.ceil(kills / 10)

const bar = new SingleBar({
  format: '{bar} {percentage}% | {value} of {total} kills | {name}',
  stream: process.stderr,
  noTTYOutput: true,
  notTTYSchedule: 10_000,
  hideCursor: true,
})
const killed = () => bar.increment()
const started = performance.now()
const random = new Random(seed)
const lateness = startMetronome()
bar.start(kills + consumerKills, 0, { name: 'producers' })
const producers = await withLedger('producers', kills + most + spares, ({ name }) =>
  killProducers({ name, kills, producers: most, spares, random, lateness, killed }),
)
bar.update({ name: 'consumers' })
const consumers = await withLedger('consumers', 4, ({ name, ledger }) =>
  killConsumers({ name, ledger, kills: consumerKills, spares, random, killed }),
)
bar.stop()
const failure = producers.failure ?? consumers.failure
const line = again('crash', { kills, 'consumer-kills': consumerKills, producers: most, spares, seed })
const seconds = (performance.now() - started) / 1000
process.stdout.write(
  failure
    ? `FAILED  ${failure}\n${line}\n`
    : `ok  ${kills} producers and ${consumerKills} consumers killed\n`,
)
if (options.json) {
  const ok = failure === undefined
  process.stdout.write(`${JSON.stringify({ ok, failure, seed, seconds, producers, consumers })}\n`)
}
process.exit(failure ? 1 : 0)

/** Whatever ends the work is its failure: a process that ended by itself, too. */
async function withLedger<T>(
  what: string,
  lives: number,
  work: (parts: { name: string; ledger: Ledger }) => Promise<T>,
): Promise<T | { readonly failure: string }> {
  const name = `bpf-ringbuf-crash-${process.pid}-${what}`
  const ledger = Ledger.create(name, lives)
  try {
    return await work({ name, ledger })
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  } finally {
    ledger.unlink()
  }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('It must be a whole number.')
}
