/** Plays one actor of a race, round after round, in the thread that calls it: see run-race.ts. */
import { type Consumer, openConsumer, openProducer } from 'bpf-ringbuf'
import { nap } from '#dist/memory/sleep.js'
import { SharedWords } from '../mapped/support/shared-words.js'
import { Random } from '../ring/support/random.js'
import { addressOf, joinRing } from '../ring/support/rings.js'
import { Barrier } from './barrier.js'
import { raceNamed } from './cases/index.js'
import type { Actor, Hand } from './race.js'
import { type RacerData, WORDS } from './racer-data.js'

/**
 * Looks before somebody acts, as a power of two: short hesitations as often as long ones, so that they meet anywhere.
 * The longest take longer than anything that an actor does.
 */
const MOST_HESITATION = 20

/** Answers, as the first, how often which outcome came. */
export async function play(data: RacerData): Promise<Readonly<Record<string, number>>> {
  const race = raceNamed(data.race)
  const words = typeof data.words === 'string' ? SharedWords.open(data.words).words : data.words
  const barrier = new Barrier(words.subarray(WORDS.barrier), race.actors.length)
  const answers = words.subarray(WORDS.answers, WORDS.answers + race.actors.length)
  const shared = words.subarray(WORDS.shared, WORDS.end)
  const isFirst = data.actor === 0

  const ring = joinRing(data.handle, { engine: data.engine })
  // One after the other, so that each has a slot of its own.
  for (let turn = 0; turn < race.actors.length; turn++) {
    if (turn === data.actor) openProducer(ring)
    barrier.pass()
  }

  const producer = openProducer(ring)
  const random = new Random(data.seed + data.actor)
  const { u8 } = producer.memory
  const memory = u8.subarray(addressOf(ring), addressOf(ring) + data.bytes)
  if (race.dead && isFirst) while (Atomics.load(words, WORDS.buried) === 0) nap()
  const fresh = Uint8Array.from(memory)
  barrier.pass()
  const counts: Record<string, number> = {}
  const act = race.actors[data.actor] as Actor
  for (let round = 0; round < data.rounds; round++) {
    const hand = { ring, producer, shared } as Hand
    if (isFirst) {
      memory.set(fresh)
      shared.fill(0)
      race.prepare?.(hand)
    }
    barrier.pass()
    const consumer = race.consumer === data.actor ? openConsumer(ring) : undefined
    race.before?.(hand, data.actor)
    barrier.pass()
    for (let pause = random.below(1 << random.below(MOST_HESITATION)); pause > 0; pause--)
      Atomics.load(answers, 0)
    const answer = await act({ ...hand, consumer: consumer as Consumer })
    Atomics.store(answers, data.actor, answer)
    barrier.pass()
    if (isFirst) {
      const outcome = race.outcome([...answers], hand)
      counts[outcome] = (counts[outcome] ?? 0) + 1
    }
    barrier.pass()
    consumer?.close()
  }
  return counts
}
