import type { Hand, Race } from '../race.js'
import { left, number, taken } from './records.js'

/** Reserves so many records, one after the other, and says where. */
function reserve({ producer, shared }: Hand, records: number): void {
  for (let i = 0; i < records; i++) {
    shared[i] = producer.reserve(4)
    producer.memory.u32[(shared[i] as number) >>> 2] = i + 1
  }
}

export const COMMITTING: readonly Race[] = [
  {
    name: 'two commits of one record',
    suits: ({ name }) => !name.includes('recoverable'),
    prepare: (hand) => reserve(hand, 1),
    actors: [
      ({ producer, shared }) => producer.submit(shared[0] as number),
      ({ producer, shared }) => producer.submit(shared[0] as number),
    ],
    outcome: (answers) => answers.join(', '),
    legal: { '0, -22': 'the first committed it', '-22, 0': 'the second did' },
  },
  {
    name: 'a commit and a consumer that comes to it',
    prepare: (hand) => {
      reserve(hand, 2)
      hand.producer.submit(hand.shared[0] as number)
    },
    consumer: 1,
    actors: [
      ({ producer, shared }) => producer.submit(shared[1] as number),
      ({ consumer }) => taken(consumer),
    ],
    outcome: ([, seen], hand) => `${seen}, then ${left(hand)}`,
    legal: {
      '1, then 2': 'it was busy still when the consumer looked',
      '12, then 0': 'it was committed before',
    },
  },
  {
    name: 'a discard, the submit behind it, and a consumer',
    prepare: (hand) => reserve(hand, 2),
    consumer: 2,
    actors: [
      ({ producer, shared }) => producer.discard(shared[0] as number),
      ({ producer, shared }) => producer.submit(shared[1] as number),
      ({ consumer }) => taken(consumer),
    ],
    outcome: ([first, second, seen], hand) => `${first}, ${second}: ${seen}, then ${left(hand)}`,
    legal: {
      '0, 0: 0, then 2': 'the consumer came while one was busy',
      '0, 0: 2, then 0': 'it came after both',
    },
  },
  {
    name: 'a batch, a record, and a consumer',
    consumer: 2,
    actors: [
      ({ producer }) => {
        const first = producer.reserveBatch(2, 4)
        for (let i = 0; i < 2; i++) producer.memory.u32[producer.batchAddress(first, i, 4) >>> 2] = 1 + i
        return producer.submitBatch(first, 2, 4)
      },
      ({ producer }) => number(producer, 3),
      ({ consumer }) => taken(consumer),
    ],
    outcome: ([, , seen], hand) => `${seen}, then ${left(hand)}`,
    legal: {
      '0, then 123': 'the batch was first, the consumer before all',
      '0, then 312': 'the record was first, the consumer before all',
      '12, then 3': 'the consumer came between, and saw the whole batch',
      '3, then 12': 'the consumer came between, and saw the record',
      '123, then 0': 'the consumer was last',
      '312, then 0': 'the consumer was last',
    },
  },
]
