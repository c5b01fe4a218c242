import { BPF_F_RB_OVERWRITE, openConsumer, RingbufError } from 'bpf-ringbuf'
import type { Hand, Race } from '../race.js'

function open({ ring }: Hand): number {
  try {
    openConsumer(ring)
    return 1
  } catch (error) {
    if (error instanceof RingbufError && error.code === 'ERR_CONSUMER_TAKEN') return 0
    throw error
  }
}

export const TAKING: readonly Race[] = [
  {
    name: 'two consumers, one ring',
    actors: [open, open],
    outcome: (answers) => answers.join(', '),
    legal: { '1, 0': 'the first has it', '0, 1': 'the second has it' },
  },
  {
    name: 'a producer that is declared gone, and its commit',
    options: { recoverable: true, owners: true },
    suits: ({ reservations }) => reservations === 'lock',
    before: ({ producer, shared }, actor) => {
      if (actor !== 1) return
      shared[0] = producer.reserve(8)
      shared[1] = producer.id
    },
    actors: [
      ({ ring, shared }) => {
        ring.declareGone(shared[1] as number)
        return 0
      },
      ({ producer, shared }) => producer.submit(shared[0] as number),
    ],
    outcome: ([, answer], { ring }) => {
      const { records, busy } = ring.snapshot()
      return `${answer}: ${records.length} in the ring, ${busy} busy`
    },
    legal: {
      '0: 1 in the ring, 0 busy': 'it was committed before',
      '-22: 0 in the ring, 0 busy': 'it was taken back, and the commit was refused',
    },
  },
  {
    name: 'a reader, and a producer that overwrites what it reads',
    options: { flags: BPF_F_RB_OVERWRITE },
    suits: ({ reservations }) => reservations === 'lock',
    prepare: ({ producer, ring }) => {
      for (let i = 0; i < ring.size / 16 - 1; i++) producer.outputText(`${1000 + i}`)
    },
    consumer: 1,
    actors: [
      ({ producer }) => producer.outputText('9999'),
      ({ consumer }) => Number(new TextDecoder().decode(consumer.read() as Uint8Array)),
    ],
    outcome: ([, read], { ring }) => `${read}, ${ring.counters().lost} lost`,
    legal: {
      '1000, 0 lost': 'it was read before',
      '1001, 1 lost': 'it was overwritten before, and counted',
    },
  },
]
