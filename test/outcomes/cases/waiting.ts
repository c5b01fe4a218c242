import { BPF_RB_FORCE_WAKEUP, BPF_RB_NO_WAKEUP } from 'bpf-ringbuf'
import { mayBlock } from '#dist/memory/may-block.js'
import type { Hand, Race } from '../race.js'

/** Nothing is waited for so long that was not lost. */
const HOPELESS_MS = 5000
/** For what may be missed: about as long as the others hesitate. */
const SHORT_MS = 0.1
const OUTCOMES = ['timeout', 'ready', 'woken', 'closed'] as const

/** What took so long that nobody was told. At its end every wait looks once more, so what it answers does not show that. */
const FOR_EVER = -1

async function wait({ consumer, ring }: Hand, timeoutMs: number): Promise<number> {
  const started = performance.now()
  const { sleeps } = ring.counters()
  const options = { timeoutMs, strategy: 'park' } as const
  const outcome = mayBlock() ? consumer.wait(options) : await consumer.waitAsync(options)
  if (performance.now() - started >= HOPELESS_MS) return FOR_EVER
  return 2 * OUTCOMES.indexOf(outcome) + (ring.counters().sleeps > sleeps ? 1 : 0)
}

/** Whether there is room for a record of 500 bytes, at last: 1 or 0. */
async function waitForRoom({ producer }: Hand): Promise<number> {
  const started = performance.now()
  const room = mayBlock()
    ? producer.waitForRoom(500, HOPELESS_MS)
    : await producer.waitForRoomAsync(500, HOPELESS_MS)
  return performance.now() - started >= HOPELESS_MS ? FOR_EVER : Number(room)
}

function words(answer: number): string {
  if (answer === FOR_EVER) return 'for ever'
  return `${OUTCOMES[answer >>> 1]}, ${answer % 2 === 0 ? 'awake' : 'asleep'}`
}

function fill({ producer }: Hand): void {
  while (producer.output(new Uint8Array(500)) === 0);
}

export const WAITING: readonly Race[] = [
  {
    name: 'a record and a consumer that falls asleep',
    consumer: 1,
    actors: [({ producer }) => producer.outputText('x'), (hand) => wait(hand, HOPELESS_MS)],
    outcome: ([, answer]) => words(answer as number),
    legal: {
      'ready, awake': 'it was there before',
      'ready, asleep': 'it woke the consumer, or the consumer saw it on its way to sleep',
    },
  },
  {
    name: 'the closing and a consumer that falls asleep',
    consumer: 1,
    actors: [
      ({ ring }) => {
        ring.close()
        return 0
      },
      (hand) => wait(hand, HOPELESS_MS),
    ],
    outcome: ([, answer]) => words(answer as number),
    legal: { 'closed, awake': 'it was closed before', 'closed, asleep': 'it woke the consumer' },
  },
  {
    name: 'FORCE_WAKEUP behind a busy record, and a consumer that falls asleep',
    prepare: ({ producer }) => void producer.reserve(8),
    consumer: 1,
    actors: [
      ({ producer }) => producer.output(new Uint8Array(8), BPF_RB_FORCE_WAKEUP),
      (hand) => wait(hand, SHORT_MS),
    ],
    outcome: ([, answer]) => words(answer as number),
    legal: {
      // Never woken awake: on its way to sleep it looks for records, and the one that it stands at is busy.
      'woken, asleep': 'it slept, and was woken though nothing is ready',
      'timeout, asleep': 'nobody was asleep yet, or no more: a wake-up by force is not kept',
      'timeout, awake': 'its time was over before it slept',
    },
  },
  {
    name: 'NO_WAKEUP, and a consumer that falls asleep',
    consumer: 1,
    actors: [
      ({ producer }) => producer.output(new Uint8Array(8), BPF_RB_NO_WAKEUP),
      (hand) => wait(hand, SHORT_MS),
    ],
    outcome: ([, answer], { ring }) => `${words(answer as number)}, ${ring.query(0)} bytes`,
    legal: {
      'ready, awake, 16 bytes': 'it was there before',
      'ready, asleep, 16 bytes': 'the consumer saw it on its way to sleep, or when its time was over',
      'timeout, asleep, 16 bytes': 'its time was over before',
      'timeout, awake, 16 bytes': 'its time was over before it slept',
    },
  },
  {
    name: 'a consumer that takes all and closes, and a producer that waits for room',
    prepare: fill,
    consumer: 1,
    actors: [
      waitForRoom,
      ({ consumer }) => {
        const taken = consumer.consumeRaw(() => {})
        consumer.close()
        return taken
      },
    ],
    outcome: ([room], { ring }) => `${room}, ${ring.query(0)} bytes`,
    legal: { '1, 0 bytes': 'there was room, or it was told' },
  },
  {
    name: 'the closing, and a producer that waits for room',
    prepare: fill,
    actors: [
      waitForRoom,
      ({ ring }) => {
        ring.close()
        return 0
      },
    ],
    outcome: ([room]) => `${room}`,
    legal: { '0': 'it was told that there never will be' },
  },
]
