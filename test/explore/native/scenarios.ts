import { consumer } from '../actors/consumer.js'
import { producer } from '../actors/producer.js'
import { Register } from '../actors/records.js'
import { type Play, Stage } from '../actors/stage.js'
import { plain } from '../scenarios/sending.js'
import type { Loaded } from '../transform/load.js'
import { C11, type Place, type Weakening } from './c11.js'
import { nativeConsumer } from './consumer.js'
import { nativeProducer, type Waking } from './producer.js'

/** Peers in C, with each other or with the shipped algorithm; and what they do in order, once it was played. */
export interface NativeScenario {
  readonly name: string
  readonly play: (loaded: Loaded, weakening?: Weakening) => Play & { readonly places: () => Place[] }
}

type Who = 'C' | 'shipped'

/** The lock spins, so who looks for it may look again. */
const SPINS = true

export const NATIVE: readonly NativeScenario[] = [
  sending('one record', ['C'], 'C', 64, [1], 'sleep word'),
  sending('two records', ['C'], 'C', 64, [2], 'sleep word'),
  sending('two records, room for one', ['C'], 'C', 32, [2], 'sleep word'),
  sending('two producers', ['C', 'C'], 'C', 64, [1, 1], 'sleep word'),
  sending('two records', ['C'], 'C', 64, [2], 'event'),
  sending('two producers', ['C', 'C'], 'C', 64, [1, 1], 'event'),
  sending('three records, to the shipped consumer, room for one', ['C'], 'shipped', 32, [3], 'sleep word'),
  sending('two records, of the shipped producer, room for one', ['shipped'], 'C', 32, [2], 'sleep word'),
]

function sending(
  what: string,
  senders: readonly Who[],
  receiver: Who,
  size: number,
  records: readonly number[],
  waking: Waking,
): NativeScenario {
  return {
    name: `C, ${waking}: ${what}`,
    play: (loaded, weakening) => {
      const stage = new Stage(loaded, { order: 'lock', size })
      const event = stage.word('event')
      const c = new C11('C', weakening)
      const register = new Register(records.map(plain))
      const threads = [
        receiver === 'C' ? nativeConsumer(stage, c, register, waking, event) : consumer(stage, 0, register),
        ...senders.map((who, index) =>
          who === 'C'
            ? nativeProducer(stage, c, index, records[index] ?? 0, waking, event)
            : producer(stage, 0, index, plain(records[index] ?? 0)),
        ),
      ]
      return { ...stage.play(threads), maySpin: SPINS, places: () => [...c.places.values()] }
    },
  }
}
