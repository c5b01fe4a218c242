/** One run of the suite `payloads`: each side alone, for its cpu time; then both, for what gets through. */
import type { Measured } from '../contestant.js'
import type { Consumed } from '../hand-off/consumer.js'
import type { ThreadRun } from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import { measureAlone } from './alone.js'
import type { ContentMeasurement } from './measurement.js'
import type { Produced } from './produce.js'

export async function measureContent(measurement: ContentMeasurement, run: ThreadRun): Promise<Measured> {
  const alone = await measureAlone(measurement, run.warmUpSeconds, run.seconds)
  const crew = new Crew(run, measurement.share())
  const [{ perSecond }, [produced], pinned] = await Promise.all([
    crew.hireConsumer<Consumed>(),
    crew.hireProducers<Produced>(),
    crew.start(),
  ])
  return {
    value: perSecond / 1e6,
    pinned: pinned && alone.pinned,
    extra: {
      producerNs: alone.producerNs,
      consumerNs: alone.consumerNs,
      ...(produced && { fullRetries: produced.retries }),
    },
  }
}
