/** A thread, or a process, that plays one actor of a race, round after round: see run-race.ts. */
import { type Consumer, openConsumer, openProducer } from 'bpf-ringbuf'
import { dataOfPeer, tell } from '../mapped/support/peer.js'
import { SharedWords } from '../mapped/support/shared-words.js'
import { Random } from '../ring/support/random.js'
import { addressOf, joinRing } from '../ring/support/rings.js'
import { Barrier } from './barrier.js'
import { raceNamed } from './cases/index.js'
import type { Hand } from './race.js'
import { type RacerData, WORDS } from './racer-data.js'

/** Looks before somebody acts, as a power of two: short hesitations as often as long ones, so that they meet anywhere. */
const MOST_HESITATION = 12

const data = dataOfPeer<RacerData>()
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
tell(play())

/** Answers, as the first, how often which outcome came. */
function play(): Readonly<Record<string, number>> {
  const producer = openProducer(ring)
  const random = new Random(data.seed + data.actor)
  const { u8 } = producer.memory
  const memory = u8.subarray(addressOf(ring), addressOf(ring) + data.bytes)
  const fresh = Uint8Array.from(memory)
  barrier.pass()
  const counts: Record<string, number> = {}
  const act = race.actors[data.actor] as (hand: Hand) => number
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
    Atomics.store(answers, data.actor, act({ ...hand, consumer: consumer as Consumer }))
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
