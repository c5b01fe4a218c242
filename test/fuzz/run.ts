/** A process that fuzzes one build, for main.ts. What it must not do would end or hang it, and nobody else. */
import { AtRest, Story, type Tally } from './at-rest.js'
import { Board } from './board.js'
import { FUZZ_BUILDS, type FuzzBuild } from './builds.js'
import { Meanwhile } from './meanwhile.js'

/** What it is told. */
export interface Order {
  /** Which of FUZZ_BUILDS. */
  readonly build: number
  readonly seed: number
  /** Words to be damaged at rest, and while others are at work. */
  readonly atRest: number
  readonly meanwhile: number
  readonly board: string
}

/** What it answers. */
export interface Report {
  readonly failure?: string
  readonly tally: Readonly<Record<string, number>>
}

const order = JSON.parse(process.argv[2] as string) as Order
const build = FUZZ_BUILDS[order.build] as FuzzBuild
const board = Board.open(order.board)
const tally: Tally = {}
const failure = (await atRest()) ?? (await meanwhile())
const report: Report = failure === undefined ? { tally } : { failure, tally }
process.send?.(report, () => process.exit(failure === undefined ? 0 : 1))

/** Answers what failed. */
async function atRest(): Promise<string | undefined> {
  const { seed } = order
  const fuzz = new AtRest(build, tally)
  for (let number = order.build; board.done < order.atRest; number += FUZZ_BUILDS.length) {
    board.number = number
    const story = new Story()
    try {
      board.count(await fuzz.corrupt(seed, number, story))
    } catch (error) {
      return `${textOf(error)}\n${story.lines.join('\n')}`
    }
  }
  return undefined
}

async function meanwhile(): Promise<string | undefined> {
  if (order.meanwhile === 0) return undefined
  try {
    await new Meanwhile(build, order.seed, board, tally).run(order.meanwhile)
    return undefined
  } catch (error) {
    return textOf(error)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
