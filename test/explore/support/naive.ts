import type { Operation, Site, Steps } from '../machine/step.js'

/** Operation, address, operands. */
export type Instruction = readonly [Operation, number, ...number[]]

const site: Site = { module: 'test', function: 'test', operation: 'any', nth: 1, line: 0 }

/** The step of an instruction. */
export function* perform([operation, address, ...operands]: Instruction): Steps<number> {
  return yield { operation, address, operands, site }
}

/** `tso`: plain stores arrive later, in order; `pso`: in any order, but for those to one word. */
export type Stores = 'sc' | 'tso' | 'pso'

interface Actor {
  readonly at: number
  /** Address and value of stores that have not arrived. */
  readonly late: readonly (readonly [number, number])[]
  readonly asleep: boolean
  readonly log: readonly number[]
}

/**
 * What may come of a program, by trying every order: slowly, remembering nothing, leaving nothing out. In
 * no way like the search that it is compared with.
 */
export function endsOf(
  program: readonly (readonly Instruction[])[],
  words: readonly number[],
  stores: Stores = 'sc',
): string[] {
  const ends = new Set<string>()
  const begin = program.map((): Actor => ({ at: 0, late: [], asleep: false, log: [] }))
  explore(begin, Object.fromEntries(words.map((word) => [word, 0])))
  return [...ends].sort()

  function explore(actors: readonly Actor[], memory: Readonly<Record<number, number>>): void {
    let moved = false
    for (const [index, { at, late, asleep }] of actors.entries()) {
      for (const which of late.keys()) {
        if (!mayArrive(late, which)) continue
        moved = true
        arrive(actors, memory, index, which)
      }
      const instruction = program[index]?.[at]
      if (asleep || !instruction) continue
      if (late.length > 0 && instruction[0] !== 'atomicLoad' && instruction[0] !== 'store') continue
      moved = true
      step(actors, memory, index, instruction)
    }
    if (moved) return
    const fates = actors.map(({ asleep, log }) => (asleep ? ['asleep', []] : ['done', log]))
    ends.add(JSON.stringify([fates, words.map((word) => memory[word])]))
  }

  function mayArrive(late: Actor['late'], which: number): boolean {
    return (
      which === 0 ||
      (stores === 'pso' && late.findIndex(([address]) => address === late[which]?.[0]) === which)
    )
  }

  function arrive(
    actors: readonly Actor[],
    memory: Readonly<Record<number, number>>,
    index: number,
    which: number,
  ): void {
    const { late } = actors[index] as Actor
    const [address, value] = late[which] as readonly [number, number]
    const rest = late.filter((_, other) => other !== which)
    explore(
      actors.map((actor, other) => (other === index ? { ...actor, late: rest } : actor)),
      { ...memory, [address]: value },
    )
  }

  function step(
    actors: readonly Actor[],
    memory: Readonly<Record<number, number>>,
    index: number,
    [operation, address, first = 0, second = 0]: Instruction,
  ): void {
    const before = memory[address] ?? 0
    const after = (answer: number, value = before, changed = actors) =>
      explore(
        changed.map((actor, other) => (other === index ? advanced(actor, answer) : actor)),
        { ...memory, [address]: value },
      )
    switch (operation) {
      case 'atomicLoad':
        after(actors[index]?.late.findLast(([own]) => own === address)?.[1] ?? before)
        break
      case 'store':
        if (stores === 'sc') after(0, first)
        else
          after(
            0,
            before,
            actors.map((actor, other) => (other === index ? later(actor, address, first) : actor)),
          )
        break
      case 'exchange':
        after(before, first)
        break
      case 'add':
        after(before, before + first)
        break
      case 'compareExchange':
        after(before, before === first ? second : before)
        break
      case 'notify':
        for (const woken of choices(actors, address, first)) {
          const changed = actors.map((actor, other) => (woken.includes(other) ? advanced(actor, 0) : actor))
          after(0, before, changed)
        }
        break
      case 'wait': {
        const sleeping = actors.map((actor, other) => (other === index ? { ...actor, asleep: true } : actor))
        if (before === first) explore(sleeping, memory)
        // It does not begin, and says so.
        else after(1)
      }
    }
  }

  /** Who may be woken: all, or any one. */
  function choices(actors: readonly Actor[], address: number, count: number): number[][] {
    const sleepers = [...actors.keys()].filter((index) => {
      const { at, asleep } = actors[index] as Actor
      return asleep && program[index]?.[at]?.[1] === address
    })
    return count > 1 || sleepers.length < 2 ? [sleepers] : sleepers.map((sleeper) => [sleeper])
  }
}

function later(actor: Actor, address: number, value: number): Actor {
  return { ...actor, late: [...actor.late, [address, value]] }
}

function advanced({ at, late, log }: Actor, answer: number): Actor {
  return { at: at + 1, late, asleep: false, log: [...log, answer] }
}
