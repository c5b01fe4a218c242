/** The contract that every implementation of maps keeps. */
import { describe } from 'node:test'
import { answering } from './answering.js'
import { arrays } from './array.js'
import { batches } from './batch.js'
import { closedMaps } from './closed.js'
import { freezing } from './freeze.js'
import { hashes } from './hash.js'
import { iteration } from './iteration.js'
import { lru } from './lru.js'
import { mapsInMaps } from './map-in-map.js'
import { perCpu } from './per-cpu.js'
import { queuesAndStacks } from './queue-stack.js'
import { ringsAsMaps } from './rings-as-maps.js'
import type { Subject } from './subject.js'
import { wrongArguments } from './wrong-arguments.js'

const PARTS: Readonly<Record<string, (subject: Subject) => void>> = {
  'each type': answering,
  'an array': arrays,
  'a hash': hashes,
  'an LRU': lru,
  'per CPU': perCpu,
  'queues and stacks': queuesAndStacks,
  'maps of maps': mapsInMaps,
  'rings as maps': ringsAsMaps,
  'a batch': batches,
  'a walk along the keys': iteration,
  'a frozen map': freezing,
  'a wrong argument': wrongArguments,
  'a closed map': closedMaps,
}

export function mapContract(subject: Subject, options: { readonly skip?: string | false } = {}): void {
  for (const [name, part] of Object.entries(PARTS)) {
    describe(`${subject.name}: ${name}`, options, () => part(subject))
  }
}
