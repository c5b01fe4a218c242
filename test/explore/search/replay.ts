import { type Move, NOBODY } from '../machine/machine.js'
import { MEMORY_MODELS, type MemoryModel } from '../machine/memory-model.js'
import { FAULTS, type Fault, mutation } from '../mutants/mutation.js'
import type { Scenario } from '../scenarios/scenario.js'
import type { Loaded } from '../transform/load.js'
import { type Outcome, replay, type Schedule } from './search.js'

/** A way through a scenario, so that it can be gone again: what is printed with each failure. */
export interface Replay {
  readonly scenario: string
  readonly memory: MemoryModel
  /** Place and fault, if a mutant was explored. */
  readonly mutant?: readonly [string, Fault]
  readonly schedule: Schedule
}

const SIGNS = { step: '', arrives: 'a', 'time is over': 't', dies: 'd' } as const

/**
 * As one line of JSON. Moves are in short: `1*3` is three steps of thread 1, `1a0` the arrival of the oldest store in its
 * buffer, `0t` the end of its time, `2d` its death; `1.2` a step that wakes thread 2.
 */
export function writeReplay({ scenario, memory, mutant, schedule }: Replay): string {
  const moves: { text: string; times: number }[] = []
  for (const move of schedule.moves) {
    const text = writeMove(move)
    const last = moves.at(-1)
    if (last?.text === text) last.times++
    else moves.push({ text, times: 1 })
  }
  return JSON.stringify({
    scenario,
    memory,
    ...(mutant && { mutant }),
    shared: schedule.shared.map((address) => address.toString(16)).join(' '),
    moves: moves.map(({ text, times }) => (times > 1 ? `${text}*${times}` : text)).join(' '),
  })
}

export function readReplay(text: string): Replay {
  const { scenario, memory, mutant, shared, moves } = JSON.parse(text) as Record<string, unknown>
  if (typeof scenario !== 'string' || typeof shared !== 'string' || typeof moves !== 'string') {
    throw new SyntaxError('a replay has scenario, memory, shared and moves')
  }
  const model = MEMORY_MODELS.find((model) => model === memory)
  if (!model) throw new SyntaxError(`no memory model is called ${memory}`)
  const [place, fault] = Array.isArray(mutant) ? mutant.map(String) : []
  return {
    scenario,
    memory: model,
    ...(place !== undefined && { mutant: [place, faultCalled(fault)] as const }),
    schedule: {
      shared: words(shared).map((address) => Number.parseInt(address, 16)),
      moves: words(moves).flatMap(readMoves),
    },
  }
}

/** Goes that way once more. */
export function playAgain(loaded: Loaded, scenario: Scenario, { memory, mutant, schedule }: Replay): Outcome {
  const change = mutant && mutation(...mutant)
  return replay(scenario.play(loaded), schedule, { memory, ...(change && { change }) })
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}

function writeMove({ thread, what, which }: Move): string {
  const choice = which === NOBODY ? '' : what === 'arrives' ? which : `.${which}`
  return `${thread}${SIGNS[what]}${choice}`
}

function readMoves(text: string): Move[] {
  const [, thread, sign, which, times = '1'] = /^(\d+)([atd]?)\.?(\d*)(?:\*(\d+))?$/.exec(text) ?? []
  const what = (Object.keys(SIGNS) as Move['what'][]).find((what) => SIGNS[what] === sign)
  if (thread === undefined || what === undefined) throw new SyntaxError(`${text} is no move`)
  const move = { thread: Number(thread), what, which: which ? Number(which) : NOBODY }
  return Array.from({ length: Number(times) }, () => move)
}

function faultCalled(name: string | undefined): Fault {
  const fault = Object.values(FAULTS)
    .flat()
    .find((fault) => fault === name)
  if (!fault) throw new SyntaxError(`no fault is called ${name}`)
  return fault
}
