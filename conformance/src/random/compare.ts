/** The same random operations on two rings: one judges, and the other must answer as it does. */
import fc from 'fast-check'
import type { Case } from '../case.js'
import { Plugin } from '../plugin.js'
import { play } from '../run.js'
import { Scribe } from './scribe.js'
import { type RingDraw, ring, type Step, step } from './steps.js'
import { transcribe } from './transcript.js'

export interface CompareOptions {
  /** At least so many operations in all. */
  readonly operations: number
  readonly seed: number
  readonly limitMs: number
  readonly onProgress?: (operations: number) => void
}

export interface Comparison {
  /** Judge and judged, as they call themselves. */
  readonly names: readonly string[]
  readonly operations: number
  readonly sequences: number
  /** The shortest case that was found where they differ. */
  readonly difference: string | undefined
}

const SEQUENCE_MOST = 150
const RUNS = 10

type Command = readonly string[]
type Running = Awaited<ReturnType<typeof Plugin.start>>

/** @throws PluginError when the judge breaks down, or one cannot be started */
export async function compareRandomly(
  [judge, judged]: readonly [Command, Command],
  { operations: enough, seed, limitMs, onProgress }: CompareOptions,
): Promise<Comparison> {
  const bench = new Bench([judge, judged], limitMs)
  let [operations, sequences] = [0, 0]
  let difference: string | undefined
  const property = fc.asyncProperty(
    ring,
    fc.array(step, { maxLength: SEQUENCE_MOST, size: 'max' }),
    async (...draw) => {
      sequences++
      const { failure, played } = await bench.compare(...draw)
      operations += played
      onProgress?.(operations)
      if (failure === undefined) return true
      // Shrinking goes on from what fails, so the last one is the shortest.
      difference = failure
      return false
    },
  )
  try {
    for (let run = seed; operations < enough && difference === undefined; run++) {
      const { failed, errorInstance } = await fc.check(property, { seed: run, numRuns: RUNS })
      // That is none: the judge has broken down.
      if (failed && difference === undefined) throw errorInstance
    }
  } finally {
    bench.stop()
  }
  return { names: bench.names, operations, sequences, difference }
}

/** Two plug-ins that are started when they are needed. */
class Bench {
  readonly #commands: readonly [Command, Command]
  readonly #limitMs: number
  #running: Running[] = []
  names: readonly string[] = []

  constructor(commands: readonly [Command, Command], limitMs: number) {
    this.#commands = commands
    this.#limitMs = limitMs
  }

  async compare(
    drawn: RingDraw,
    steps: readonly Step[],
  ): Promise<{ failure: string | undefined; played: number }> {
    while (this.#running.length < 2) {
      const command = this.#commands[this.#running.length] as Command
      this.#running.push(await Plugin.start(command, this.#limitMs))
    }
    this.names = this.#running.map(({ name }) => name)
    const [judge, judged] = this.#running as [Running, Running]
    const both = new Set([...judge.has].filter((capability) => judged.has.has(capability)))
    const operations = await transcribe(judge.plugin, new Scribe(both), drawn, steps)
    const one: Case = {
      place: { file: 'random', line: 0 },
      title: 'random',
      requirements: [],
      needs: [],
      operations,
    }
    let played = 0
    const failure = await play(judged.plugin, judged.has, one, () => played++)
    // Whatever it holds is gone with the next ring; but not whoever hangs or has died.
    if (failure?.isBreakdown) this.stop()
    return { failure: failure && describe(one, played, failure.got), played }
  }

  stop(): void {
    for (const { plugin } of this.#running) plugin.stop()
    this.#running = []
  }
}

/** As it would stand in a file of cases. */
function describe({ operations }: Case, played: number, got: string): string {
  const lines = operations.slice(0, played).map(({ text, expected }) => `  ${text} -> ${expected}\n`)
  return `${lines.join('')}  # got ${got.replaceAll('\n', '\n  # ')}\n`
}
