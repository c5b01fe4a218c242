import { attachmentOf } from '#dist/ring/ring.js'
import type { Hand, Race } from '../race.js'
import { left, number, taken } from './records.js'

const recover = ({ ring }: Hand): number => ring.recover()

const RECOVERABLE: Pick<Race, 'options' | 'suits'> = {
  options: { recoverable: true, owners: true },
  suits: ({ reservations }) => reservations === 'lock',
}

export const RECOVERING: readonly Race[] = [
  {
    ...RECOVERABLE,
    name: 'two that recover from a dead thread',
    dead: ({ producer }) => void producer.reserve(8),
    actors: [recover, recover],
    outcome: (answers, { ring }) =>
      `${answers.join(', ')}: ${ring.snapshot().busy} busy, ${ring.counters().abandoned} abandoned`,
    legal: {
      '1, 0: 0 busy, 1 abandoned': 'the first did it',
      '0, 1: 0 busy, 1 abandoned': 'the second did it',
    },
  },
  {
    ...RECOVERABLE,
    name: 'recovery from a dead thread, and a consumer that stands at its record',
    dead: ({ producer }) => {
      producer.reserve(8)
      number(producer, 2)
    },
    consumer: 1,
    actors: [recover, ({ consumer }) => taken(consumer)],
    outcome: ([recovered, seen], hand) => `${recovered}: ${seen}, then ${left(hand)}`,
    legal: {
      '1: 0, then 2': 'the consumer came before, and had to stop',
      '1: 2, then 0': 'it came after, and passed what was taken back',
    },
  },
  {
    ...RECOVERABLE,
    name: 'recovery from a dead thread that has the lock, and a producer that does not wait for it',
    dead: ({ ring }) => void attachmentOf(ring).engine.lock(1),
    actors: [recover, ({ producer }) => (producer.tryReserve(8) === 0 ? 0 : 1)],
    outcome: ([recovered, reserved], { ring }) =>
      `${recovered}, ${reserved}: ${ring.snapshot().busy} busy, ${ring.counters().dropped} dropped`,
    legal: {
      '1, 0: 0 busy, 1 dropped': 'the dead had the lock still, or the one that recovers',
      '0, 0: 0 busy, 1 dropped': 'who did not wait has recovered, for its next attempt',
      '1, 1: 1 busy, 0 dropped': 'it had been given back',
    },
  },
]
