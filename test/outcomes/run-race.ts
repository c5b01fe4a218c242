import { DATA_OFFSET } from '#dist/abi/region.js'
import { startPeer } from '../mapped/support/peer.js'
import { SharedWords } from '../mapped/support/shared-words.js'
import type { Build } from '../ring/support/builds.js'
import { makeRing } from '../ring/support/rings.js'
import type { Race } from './race.js'
import { type RacerData, WORDS } from './racer-data.js'

const RACER = new URL('./racer.js', import.meta.url)
const SIZE = 4096

/** How often which outcome came. */
export type Counts = Readonly<Record<string, number>>

/** Runs a race on a ring of a build, each actor in a thread of its own; in processes, if that is what it is for. */
export async function runRace(race: Race, build: Build, rounds: number, seed: number): Promise<Counts> {
  const ring = makeRing(build, { size: SIZE, initialPosition: 2 ** 32 - SIZE / 2, ...race.options })
  const isMapped = build.where !== undefined
  const name = `bpf-ringbuf-outcomes-${process.pid}`
  const file = isMapped ? SharedWords.create(name, WORDS.end) : undefined
  const words = file ? name : new Int32Array(new SharedArrayBuffer(4 * WORDS.end))
  const racers = race.actors.map((_, actor) => {
    const data: RacerData = {
      race: race.name,
      actor,
      handle: ring.handle,
      engine: build.engine,
      rounds,
      seed,
      // Data that is mapped twice shows every change twice.
      bytes: DATA_OFFSET + SIZE * (isMapped ? 1 : 2),
      words,
    }
    return startPeer(RACER, data, isMapped ? 'process' : 'thread')
  })
  try {
    // One that fails leaves the others waiting.
    const counts = (await Promise.all(racers.map(({ told }) => told))) as Counts[]
    return counts[0] as Counts
  } finally {
    for (const racer of racers) racer.stop()
    file?.unlink()
    if (isMapped) (ring as unknown as { detach(): void }).detach()
  }
}

/** Outcomes that are not in the table of the race. */
export function forbidden(race: Race, counts: Counts): readonly string[] {
  return Object.keys(counts).filter((outcome) => !(outcome in race.legal))
}

/** Legal ones that never came. */
export function missing(race: Race, counts: Counts): readonly string[] {
  return Object.keys(race.legal).filter((outcome) => !(outcome in counts))
}
