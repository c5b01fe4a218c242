/**
 * How long records wait while many are under way: the counterpart of native/loaded.h.
 *
 * Each record carries the time at which it was due, not at which it was sent.
 */
import type { Measured } from '../contestant.js'
import { SequenceCheck } from '../sequence.js'
import { quantile } from '../statistics.js'
import {
  awaitProducers,
  enterProduced,
  mustBeComplete,
  STOP,
  type ThreadRun,
  type WorkerTask,
} from '../threads/control.js'
import { Crew } from '../threads/crew.js'
import { sharedNow } from '../waiting/clock.js'
import type { PacedConsumer, PacedMeasurement, PacedProducer } from '../waiting/measurements.js'

/** As `paced`, but what counts is how late records are. */
export interface LoadedMeasurement<Shared = unknown> extends Omit<PacedMeasurement<Shared>, 'kind'> {
  readonly kind: 'loaded'
}

export async function measureLoaded(measurement: LoadedMeasurement, run: ThreadRun): Promise<Measured> {
  const crew = new Crew(run, measurement.share())
  const [us, , pinned] = await Promise.all([
    crew.hireConsumer<Float64Array>(),
    crew.hireProducers(),
    crew.start(),
  ])
  if (us.length === 0) throw new Error('no record came in the measured time')
  const sorted = us.sort()
  const extra = {
    p50Us: quantile(sorted, 0.5),
    p90Us: quantile(sorted, 0.9),
    p999Us: quantile(sorted, 0.999),
    maxUs: sorted[sorted.length - 1] as number,
    samples: sorted.length,
  }
  return { value: quantile(sorted, 0.99), pinned, extra }
}

export function produceLoaded(side: PacedProducer, rate: number, { control }: WorkerTask): void {
  const start = sharedNow()
  let sent = 0
  while (Atomics.load(control, STOP) === 0) {
    const due = start + (sent * 1e3) / rate
    while (sharedNow() < due) pause()
    while (!side.send(sent, due));
    sent++
  }
  side.end()
  enterProduced(control, sent)
}

/** Half a microsecond. The clock is not asked more often: see ROOM_FOR_GARBAGE in child.ts. */
function pause(): void {
  for (let i = 0; i < 100; i++) Atomics.load(word, 0)
}

const word = new Int32Array(1)

export async function consumeLoaded(
  side: PacedConsumer,
  rate: number,
  { control, warmUpSeconds, seconds }: WorkerTask,
): Promise<Float64Array> {
  const check = new SequenceCheck()
  // Half as many again as are due: what waited in the beginning comes on top.
  const us = new Float64Array(Math.ceil(rate * seconds * 1.5))
  let samples = 0
  const from = sharedNow() + warmUpSeconds * 1e3
  const end = from + seconds * 1e3
  await side.run(
    (sequence, due) => {
      const now = sharedNow()
      check.take(sequence)
      if (now >= from && now < end && samples < us.length) us[samples++] = (now - due) * 1e3
    },
    () => {
      if (sharedNow() >= end) Atomics.store(control, STOP, 1)
    },
  )
  awaitProducers(control, 1)
  mustBeComplete(check.received, control)
  return us.slice(0, samples)
}
