/**
 * Whether memory grows while records flow.
 *
 *   producer thread ──► transport ──► main thread: reads; now and then it collects its garbage, and weighs itself
 *
 * Everything is compared between the first third of the samples and the last, by medians. The resident set is of all
 * threads; the heap and the buffers are the consumer's.
 */
import { setImmediate } from 'node:timers/promises'
import type { Measured } from '../contestant.js'
import type { Produced } from '../hand-off/producer.js'
import type { ContentConsumer, ContentMeasurement } from '../payloads/measurement.js'
import { SequenceCheck } from '../sequence.js'
import { median } from '../statistics.js'
import { DONE, mustBeComplete, PRODUCED, STOP, type ThreadRun } from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import { type Sample, sample } from './sample.js'

export interface GrowthMeasurement {
  readonly kind: 'growth'
  /** What flows. */
  readonly content: ContentMeasurement
}

const SAMPLES = 30
/** Records that are taken between two looks at the clock. */
const RECORDS_PER_LOOK = 1024

export async function measureGrowth({ content }: GrowthMeasurement, run: ThreadRun): Promise<Measured> {
  const shares = content.share()
  const crew = new Crew(run, shares)
  const ended = crew.hireProducers<Produced>()
  const consumer = await content.consumer(shares.consumer)
  const { take, close } = openTake(consumer)
  const check = new SequenceCheck()
  const isProduced = () => Atomics.load(crew.control, DONE) === 1
  await crew.start()
  await takeFor(run.warmUpSeconds)

  const samples: Sample[] = []
  let [records, ms] = [0, 0]
  for (let i = 0; i < SAMPLES; i++) {
    // Not what comes, or is held up, while the process is weighed.
    const [received, start] = [check.received, performance.now()]
    await takeFor(run.seconds / SAMPLES)
    records += check.received - received
    ms += performance.now() - start
    samples.push(await sample())
  }

  Atomics.store(crew.control, STOP, 1)
  // The producer may still be waiting for room.
  while (!isProduced() || check.received < Atomics.load(crew.control, PRODUCED)) await take(check)
  close()
  await ended
  mustBeComplete(check.received, crew.control)
  return {
    value: growth(samples, 'rss'),
    pinned: true,
    extra: {
      heapBytes: growth(samples, 'heap'),
      externalGrowth: growth(samples, 'external'),
      handlesLeft: growth(samples, 'handles') + growth(samples, 'descriptors'),
      samples: samples.length,
      mPerSecond: records / ms / 1e3,
    },
  }

  async function takeFor(seconds: number): Promise<void> {
    const end = performance.now() + seconds * 1e3
    while (performance.now() < end) await take(check)
  }
}

/** From the first third of the samples to the last, by medians. */
export function growth(samples: readonly Sample[], of: keyof Sample): number {
  const third = Math.floor(samples.length / 3)
  const level = (part: readonly Sample[]) => median(part.map((each) => each[of]))
  return Math.round(level(samples.slice(-third)) - level(samples.slice(0, third)))
}

interface Take {
  /** Takes some records, if there are any, and lets the event loop turn now and then. */
  take(check: SequenceCheck): Promise<void>
  close(): void
}

function openTake(side: ContentConsumer): Take {
  if ('drain' in side) {
    let visits = 0
    return {
      async take(check) {
        side.drain(check, RECORDS_PER_LOOK)
        if (++visits % 64 === 0) await setImmediate()
      },
      close() {},
    }
  }
  if ('run' in side) throw new Error('a consumer with a loop of its own cannot be stopped to be weighed')
  let to: SequenceCheck | undefined
  let early = 0
  side.listen((sequence) => {
    if (to === undefined) early++
    else to.take(sequence)
  })
  return {
    async take(check) {
      if (early > 0) throw new Error('records came before anybody wanted them')
      to = check
      await setImmediate()
    },
    close: () => side.close(),
  }
}
