import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { again } from '../ring/support/again.js'
import { Board } from './board.js'
import { FUZZ_BUILDS, type FuzzBuild } from './builds.js'
import { DEED_NAMES } from './deeds/index.js'
import type { Order, Report } from './run.js'

export interface Work {
  /** Which of FUZZ_BUILDS. */
  readonly build: number
  readonly seed: number
  /** Words to be damaged, of each kind. */
  readonly atRest: number
  readonly meanwhile: number
}

export interface Outcome {
  readonly name: string
  readonly atRest: number
  readonly meanwhile: number
  /** How often users got which answer. */
  readonly tally: Readonly<Record<string, number>>
  readonly failure?: string
}

/** Nothing takes so long, whatever else the machine has to do. */
const HANGS_MS = 30_000
const LOOK_MS = 250

/** Has a process fuzz a build, and sees whether it lives: one that hangs is killed. */
export async function fuzzBuild(
  work: Work,
  progress: (done: number, name: string) => void,
): Promise<Outcome> {
  const { name } = FUZZ_BUILDS[work.build] as FuzzBuild
  const board = Board.create(`bpf-ringbuf-fuzz-${process.pid}-${work.build}`)
  const order: Order = {
    build: work.build,
    seed: work.seed,
    atRest: work.atRest,
    meanwhile: work.meanwhile,
    board: board.name,
  }
  const child = fork(fileURLToPath(new URL('./run.js', import.meta.url)), [JSON.stringify(order)])
  let report: Report | undefined
  child.once('message', (message) => {
    report = message as Report
  })
  const exit = once(child, 'exit')
  let hangs = false
  for (let pulse = board.pulse, since = performance.now(); ; ) {
    if ((await Promise.race([exit, setTimeout(LOOK_MS)])) !== undefined) break
    progress(board.done + board.meanwhile, name)
    if (board.pulse !== pulse) {
      pulse = board.pulse
      since = performance.now()
    } else if (performance.now() - since > HANGS_MS) {
      hangs = true
      child.kill('SIGKILL')
      break
    }
  }
  const [code, signal] = await exit
  const { done: atRest, meanwhile } = board
  progress(atRest + meanwhile, name)
  const { seed } = work
  const where = atRest < work.atRest ? 'at rest' : deedsOf(board)
  const line =
    atRest < work.atRest
      ? again('fuzz', { replay: `${seed}:${board.number}` })
      : again('fuzz', { only: name, corruptions: 2 * work.meanwhile * buildsNamed(name), seed })
  board.unlink()
  const what = hangs
    ? 'it hangs'
    : (report?.failure ?? (code === 0 ? undefined : `it ended with ${code ?? signal}`))
  const failure = what === undefined ? {} : { failure: `${name}, ${where}: ${what}\n${line}` }
  return { name, atRest, meanwhile, tally: report?.tally ?? {}, ...failure }
}

/** Corruptions are shared by all that are meant by a name. */
function buildsNamed(only: string): number {
  return FUZZ_BUILDS.filter(({ name }) => name.includes(only)).length
}

/** What was being done when it ended. */
function deedsOf(board: Board): string {
  const [here, elsewhere] = board.deeds.map((deed) => DEED_NAMES[deed])
  return `while others were at work, '${here}' here and '${elsewhere}' elsewhere`
}
