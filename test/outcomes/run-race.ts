import { DATA_OFFSET } from '#dist/abi/region.js'
import { nextTurn } from '#dist/memory/sleep.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { isSlotGone, slotOwner } from '#dist/ring/slot.js'
import { type PeerKind, startPeer } from '../mapped/support/peer.js'
import { SharedWords } from '../mapped/support/shared-words.js'
import type { Build } from '../ring/support/builds.js'
import { type AnyRing, makeRing } from '../ring/support/rings.js'
import { play } from './play.js'
import type { Race } from './race.js'
import { type RacerData, WORDS } from './racer-data.js'

const RACER = new URL('./racer.js', import.meta.url)
const DEAD = new URL('./dead.js', import.meta.url)
const SIZE = 4096

/** How often which outcome came. */
export type Counts = Readonly<Record<string, number>>

/** Where an actor plays: in a peer of its own, or in the thread that runs the race. */
export type Place = PeerKind | 'here'

/**
 * Runs a race on a ring of a build.
 *
 * @param cast where each actor plays. Default: each in a thread of its own; in processes, if that is what the build is for.
 */
export async function runRace(
  race: Race,
  build: Build,
  rounds: number,
  seed: number,
  cast: readonly Place[] = [],
): Promise<Counts> {
  const ring = makeRing(build, { size: SIZE, initialPosition: 2 ** 32 - SIZE / 2, ...race.options })
  const isMapped = build.where !== undefined
  const name = isMapped ? `bpf-ringbuf-outcomes-${process.pid}` : undefined
  const file = name ? SharedWords.create(name, WORDS.end) : undefined
  const words = file?.words ?? new Int32Array(new SharedArrayBuffer(4 * WORDS.end))
  const common = {
    race: race.name,
    handle: ring.handle,
    engine: build.engine,
    rounds,
    seed,
    // Data that is mapped twice shows every change twice.
    bytes: DATA_OFFSET + SIZE * (isMapped ? 1 : 2),
    words: name ?? words,
  }
  const kind = isMapped ? 'process' : 'thread'
  const stop: (() => void)[] = []
  const counts = race.actors.map((_, actor) => {
    const data: RacerData = { ...common, actor }
    const place = cast[actor] ?? kind
    if (place === 'here') return playHere(data, race.actors.length - 1)
    const racer = startPeer(RACER, data, place)
    stop.push(racer.stop)
    return racer.told as Promise<Counts>
  })
  try {
    // One that fails leaves the others waiting.
    const all = Promise.all(counts)
    if (race.dead) await Promise.race([all, bury(ring, race, { ...common, actor: -1 }, words)])
    return (await all)[0] as Counts
  } finally {
    for (const end of stop) end()
    file?.unlink()
    if (isMapped) (ring as unknown as { detach(): void }).detach()
  }
}

/** Has somebody do its part and die: when all producers are open, because who opens one recovers from the dead. */
async function bury(ring: AnyRing, { actors }: Race, data: RacerData, words: Int32Array): Promise<void> {
  while (Atomics.load(words, WORDS.barrier) < actors.length ** 2) await nextTurn(true)
  const mortal = startPeer(DEAD, data, typeof data.words === 'string' ? 'process' : 'thread')
  const slot = (await mortal.told) as number
  mortal.stop()
  const attachment = attachmentOf(ring)
  while (!isSlotGone(attachment, slot, slotOwner(attachment, slot))) await nextTurn(true)
  Atomics.store(words, WORDS.buried, 1)
}

/** Plays when the others are there: while it waits for them inside, nothing else happens in this thread. */
async function playHere(data: RacerData, others: number): Promise<Counts> {
  while (Atomics.load(data.words as Int32Array, WORDS.barrier) < others) await nextTurn(true)
  return play(data)
}

/** Outcomes that are not in the table of the race. */
export function forbidden(race: Race, counts: Counts): readonly string[] {
  return Object.keys(counts).filter((outcome) => !(outcome in race.legal))
}

/** Legal ones that never came. */
export function missing(race: Race, counts: Counts): readonly string[] {
  return Object.keys(race.legal).filter((outcome) => !(outcome in counts))
}
