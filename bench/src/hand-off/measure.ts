/** One hand-off: its figure is the records that its consumer received a second. */
import type { HandOffMeasurement, Measured } from '../contestant.js'
import type { ThreadRun } from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import type { Consumed } from './consumer.js'
import type { Produced } from './producer.js'

export async function measureHandOff(measurement: HandOffMeasurement, run: ThreadRun): Promise<Measured> {
  const crew = new Crew(run, measurement.share(), measurement.producers)
  const [{ perSecond }, produced, pinned] = await Promise.all([
    crew.hireConsumer<Consumed>(),
    crew.hireProducers<Produced>(),
    crew.start(),
  ])
  const fullRetries = produced.reduce((sum, { retries }) => sum + retries, 0)
  return { value: perSecond / 1e6, pinned, extra: { fullRetries } }
}
