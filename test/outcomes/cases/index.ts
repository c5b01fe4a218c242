import type { Race } from '../race.js'
import { BROKEN } from './broken.js'
import { COMMITTING } from './committing.js'
import { RECOVERING } from './recovering.js'
import { RESERVING } from './reserving.js'
import { TAKING } from './taking.js'
import { WAITING } from './waiting.js'

export const RACES: readonly Race[] = [...RESERVING, ...COMMITTING, ...WAITING, ...TAKING, ...RECOVERING]
export { BROKEN }

/** Of those that hold, and of the twins that do not. */
export function raceNamed(name: string): Race {
  const race = [...RACES, ...BROKEN].find((one) => one.name === name)
  if (!race) throw new Error(`there is no race '${name}'`)
  return race
}
