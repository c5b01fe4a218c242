import type { Hand, Race } from '../race.js'

/** Fills it so that one more record of 8 bytes fits. */
function leaveOnePlace({ producer, ring }: Hand): void {
  const records = ring.size / 16 - 2
  for (let i = 0; i < records; i++) producer.output(new Uint8Array(8))
}

const took = (address: number): number => (address === 0 ? 0 : 1)
const ONE_OF_TWO = {
  '1, 0': 'the first was earlier',
  '0, 1': 'the second was earlier',
}

export const RESERVING: readonly Race[] = [
  {
    name: 'one place left, two producers',
    prepare: leaveOnePlace,
    actors: [({ producer }) => took(producer.reserve(8)), ({ producer }) => took(producer.reserve(8))],
    outcome: (answers) => answers.join(', '),
    legal: ONE_OF_TWO,
  },
  {
    name: 'one place left, two producers that do not wait for each other',
    prepare: leaveOnePlace,
    actors: [({ producer }) => took(producer.tryReserve(8)), ({ producer }) => took(producer.tryReserve(8))],
    outcome: (answers) => answers.join(', '),
    legal: ONE_OF_TWO,
  },
  {
    name: 'three producers, places of their own',
    actors: Array.from(
      { length: 3 },
      () =>
        ({ producer }: Hand) =>
          producer.reserve(8),
    ),
    outcome: (addresses) => {
      const sorted = [...addresses].sort((a, b) => a - b)
      const isRow =
        sorted[0] !== 0 && sorted.every((address, i) => address === (sorted[0] as number) + 16 * i)
      return isRow ? addresses.map((address) => sorted.indexOf(address) + 1).join(', ') : 'no row'
    },
    legal: Object.fromEntries(
      ['1, 2, 3', '1, 3, 2', '2, 1, 3', '2, 3, 1', '3, 1, 2', '3, 2, 1'].map((order) => [
        order,
        'each has a place of its own, in the order in which they came',
      ]),
    ),
  },
  {
    name: 'the last reservation and the closing',
    consumer: 1,
    actors: [
      ({ producer }) => {
        const address = producer.reserve(8)
        if (address === 0) return producer.reason === 'closed' ? 0 : -1
        return producer.submit(address) === 0 ? 1 : -2
      },
      ({ ring }) => {
        ring.close()
        return 0
      },
    ],
    outcome: ([reserved], { ring }) => `${reserved}, ${ring.snapshot().records.length} in the ring`,
    legal: {
      '1, 1 in the ring': 'it was reserved before: it can be submitted and consumed after',
      '0, 0 in the ring': 'it was closed before',
    },
  },
]
