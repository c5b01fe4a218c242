/** Ways to take records, for each way to wait: where they are, as copies, lent. */
import type { Consumer, OpenConsumerOptions, RingHandle } from '../../../../dist/index.js'
import { axisCases, WAITS, type WaitName } from '../../axes/charts.js'
import type { Contestant, HandOffMeasurement } from '../../contestant.js'
import type { SequenceCheck } from '../../sequence.js'
import { checkBytes, openShared, outputProducer, rawCheck, shareRing } from '../waiting/common.js'

interface Waiting {
  readonly options: OpenConsumerOptions
  readonly wait: (consumer: Consumer) => ReturnType<Consumer['wait']>
}

const wait: Waiting['wait'] = (consumer) => consumer.wait()

/** The watermark is small enough for 4096 bytes, of which 1 MiB holds 255. */
const WAITING: Readonly<Record<WaitName, Waiting>> = {
  busy: { options: {}, wait: (consumer) => consumer.waitBusy() },
  adaptive: { options: {}, wait },
  watermark: { options: { watermark: { records: 100, maxDelayMs: 5 } }, wait },
}

/** Takes what is there. */
type OpenTake = (consumer: Consumer, bytes: number, check: SequenceCheck) => () => unknown

const raw: OpenTake = (consumer, bytes, check) => {
  const look = rawCheck(bytes, check)
  return () => consumer.consumeRaw(look)
}

const copied: OpenTake = (consumer, bytes, check) => {
  const look = (record: Uint8Array) => checkBytes(record, bytes, check)
  return () => consumer.consume(look)
}

const lent: OpenTake = (consumer, bytes, check) => () => {
  const lease = consumer.lease()
  for (const record of lease) checkBytes(record.bytes, bytes, check)
  lease.release()
}

function casesOf(openTake: OpenTake, also: OpenConsumerOptions = {}): Contestant['cases'] {
  const measurement = (bytes: number, { options, wait }: Waiting): HandOffMeasurement<RingHandle> => ({
    kind: 'hand-off',
    bytes,
    share: shareRing,
    producer: outputProducer,
    consumer(handle) {
      const consumer = openShared(handle, { ...options, ...also })
      return {
        run(check, turn) {
          const take = openTake(consumer, bytes, check)
          while (wait(consumer) !== 'closed') {
            take()
            turn()
          }
        },
      }
    },
  })
  const charts = WAITS.map((name) => axisCases(`wait-${name}`, (bytes) => measurement(bytes, WAITING[name])))
  return Object.assign({}, ...charts)
}

export const reading = {
  raw: casesOf(raw),
  lease: casesOf(lent),
  consume: casesOf(copied),
  consumePooled: casesOf(copied, { pooledCopies: true }),
}
