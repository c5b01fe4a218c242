/**
 * Producers and consumers that die in front of an atomic operation or behind it, and those who go on. After every step nothing that
 * was submitted may be missing, nothing that was not may come, and the books must balance.
 */
import assert from 'node:assert/strict'
import {
  attachRing,
  BPF_F_RB_OVERWRITE,
  type Consumer,
  createRing,
  identityHolds,
  LostRecord,
  openConsumer,
  openProducer,
  type Producer,
  type Ring,
  type RingCounters,
} from 'bpf-ringbuf'
import fc from 'fast-check'
import { RESCUE_SLOT } from '#dist/abi/region.js'
import { attachmentOf } from '#dist/ring/ring.js'
import { pattern } from '../../ring/support/rig.js'
import { EstateModel, type Region } from '../models/estate-model.js'
import { property } from '../property.js'
import { bury, CONSUMER_SLOT, diesAt, NO_LIFE } from '../support/death.js'
import { max, steps, which } from '../support/draw.js'

interface Mortal {
  /** At which moment of its atomic operations it dies, see `diesAt`; null: it lives. */
  readonly dies: number | null
}

interface Sending extends Mortal {
  readonly do: 'output' | 'outputMany' | 'reserve' | 'reserveBatch'
  readonly by: number
  readonly sizes: readonly number[]
}

interface Committing extends Mortal {
  readonly do: 'submit' | 'discard'
  readonly by: number
  readonly which: number
}

interface Consuming extends Mortal {
  readonly do: 'consume'
  readonly max: number
}

interface Recovering extends Mortal {
  readonly do: 'recover'
}

interface Leaving {
  readonly do: 'die' | 'die with the lock' | 'detach' | 'declare gone'
  readonly by: number
}

type Operation = Sending | Committing | Consuming | Recovering | Leaving

const PRODUCERS = 3
const by = fc.nat(PRODUCERS - 1)
const dies = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(50) })
/** Of a consumer only few moments are of interest. */
const oftenDies = fc.oneof(fc.constant(null), fc.nat(60))
const sizes = fc.array(fc.integer({ min: 4, max: 150 }), { minLength: 1, maxLength: 4 })
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'output' as const,
        'outputMany' as const,
        'reserve' as const,
        'reserveBatch' as const,
      ),
      by,
      dies,
      sizes,
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({ do: fc.constantFrom('submit' as const, 'discard' as const), by, dies, which }),
  },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('consume' as const), dies: oftenDies, max }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('recover' as const), dies }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'die' as const,
        'die with the lock' as const,
        'detach' as const,
        'declare gone' as const,
      ),
      by,
    }),
  },
)

interface Member {
  readonly id: number
  readonly producer: Producer
  readonly held: { readonly region: Region; readonly address: number; readonly batch: boolean }[]
}

class Family {
  readonly #ring: Ring
  readonly #estate = new EstateModel()
  readonly #members: Member[] = []
  #consumer: Consumer<Uint8Array | LostRecord>
  #serial = 0
  #lives = 0
  /** Records of whatever was under way when somebody died: they may be counted, or not. */
  #unsure = 0
  /** Somebody died, and nobody has recovered from him. */
  #mourning = false

  constructor(overwrites: boolean) {
    const flags = overwrites ? BPF_F_RB_OVERWRITE : 0
    this.#ring = createRing({ size: 4096, engine: 'js', recoverable: true, flags })
    this.#consumer = this.#openConsumer()
    for (let i = 0; i < PRODUCERS; i++) this.#members.push(this.#openProducer())
  }

  apply(operation: Operation): void {
    switch (operation.do) {
      case 'output':
      case 'outputMany':
        this.#output(operation)
        break
      case 'reserve':
      case 'reserveBatch':
        this.#reserve(operation)
        break
      case 'submit':
      case 'discard':
        this.#commit(operation)
        break
      case 'consume':
        this.#consume(operation)
        break
      case 'recover':
        this.#recover(operation)
        break
      case 'declare gone':
        this.#declareGone(operation.by)
        break
      case 'detach': {
        const member = this.#members[operation.by] as Member
        member.producer.detach()
        this.#replace(operation.by)
        break
      }
      case 'die':
      case 'die with the lock': {
        const { producer } = this.#members[operation.by] as Member
        if (operation.do !== 'die') attachmentOf(producer.ring).engine.lock(1)
        this.#die(operation.by)
      }
    }
    if (!this.#mourning) this.#mustBalance()
  }

  /** Those who live end in order. Then all that there was is accounted for. */
  finish(): void {
    this.#recover({ dies: null })
    for (const [by, { held }] of this.#members.entries()) {
      while (held.length > 0) this.#commit({ do: 'submit', by, which: 0, dies: null })
    }
    this.#consume({ max: Number.POSITIVE_INFINITY, dies: null })
    this.#estate.mustBeAtEnd()
    const { submitted, consumed, lost, inFlight } = this.#mustBalance()
    assert.deepEqual({ submitted, inFlight }, { submitted: consumed + lost, inFlight: 0 })
  }

  #output({ do: way, by, dies, sizes }: Sending): void {
    const { id, producer } = this.#members[by] as Member
    const payloads = this.#payloads(way === 'output' ? sizes.slice(0, 1) : sizes)
    let answer = -1
    const died = this.#lifeOf(by, dies, () => {
      answer = way === 'output' ? producer.output(payloads[0] as Uint8Array) : producer.outputMany(payloads)
    })
    if (died) this.#mayHaveDone(id, payloads)
    else if (answer === 0) this.#estate.reserve(id, payloads, 'submitted')
    else assert.equal(answer, -11)
  }

  #reserve({ do: way, by, dies, sizes }: Sending): void {
    const { id, producer, held } = this.#members[by] as Member
    const batch = way === 'reserveBatch'
    const [size = 0] = sizes
    const payloads = this.#payloads(batch ? sizes.map(() => size) : [size])
    let address = 0
    const died = this.#lifeOf(by, dies, () => {
      address = batch ? producer.reserveBatch(payloads.length, size) : producer.reserve(size)
    })
    if (died) this.#unsure += payloads.length
    else if (address !== 0) held.push({ region: this.#estate.reserve(id, payloads, 'busy'), address, batch })
  }

  #commit({ do: way, by, dies, which }: Committing): void {
    const { producer, held } = this.#members[by] as Member
    const [one] = held.splice(which % (held.length || 1), 1)
    if (one === undefined) return
    const { region, address, batch } = one
    const { payloads } = region
    const size = (payloads[0] as Uint8Array).length
    for (const [i, payload] of payloads.entries()) {
      producer.memory.u8.set(payload, producer.batchAddress(address, i, size))
    }
    region.state = way === 'submit' ? 'submitted' : 'discarded'
    let answer = -1
    const died = this.#lifeOf(by, dies, () => {
      answer = batch ? producer[`${way}Batch`](address, payloads.length, size) : producer[way](address)
    })
    if (!died) assert.equal(answer, 0)
    else {
      this.#unsure += payloads.length
      region.state = way === 'submit' ? 'unsure' : 'left'
    }
  }

  #consume({ max, dies }: Omit<Consuming, 'do'>): void {
    const estate = this.#estate
    const before = estate.delivered
    const visit = () => void this.#consumer.consume((record) => this.#see(record), { max })
    // Of what a consumer was told that died, nobody can say whether it was counted.
    if (dies === null || this.#ring.overwrites) {
      visit()
      return
    }
    if (!diesAt(dies, visit)) return
    bury(this.#ring, CONSUMER_SLOT)
    this.#consumer = this.#openConsumer()
    // What it was shown and has not given back comes again; nothing that it has given back does.
    const { consumed } = this.#ring.counters()
    assert.ok(consumed >= before && consumed <= estate.delivered, `${consumed} are counted`)
    estate.goBackTo(consumed)
  }

  #see(record: Uint8Array | LostRecord): void {
    if (!(record instanceof LostRecord)) this.#estate.show(record)
    else if (record.cause === 'overwritten') this.#estate.lose(record.count)
  }

  /** Whoever recovers may die over it; then the next begins anew. */
  #recover({ dies }: Mortal): void {
    const ring = attachRing(this.#ring.handle, { engine: 'js' })
    if (dies !== null && diesAt(dies, () => void ring.recover())) {
      bury(this.#ring, RESCUE_SLOT)
      this.#mourning = true
      return
    }
    ring.recover()
    this.#mourning = false
  }

  /** Somebody is said to be gone, and goes on all the same: he is refused. */
  #declareGone(by: number): void {
    const { producer, held } = this.#members[by] as Member
    this.#ring.declareGone(producer.id)
    assert.equal(producer.reserve(8), 0)
    assert.equal(producer.reason, 'gone')
    for (const { address, batch, region } of held) {
      if (!batch) assert.equal(producer.submit(address), -22)
      region.state = 'left'
    }
    this.#replace(by)
  }

  /** Answers whether it died. */
  #lifeOf(by: number, dies: number | null, act: () => void): boolean {
    if (dies === null) {
      act()
      return false
    }
    if (!diesAt(dies, act)) return false
    this.#die(by)
    return true
  }

  #die(by: number): void {
    const { producer } = this.#members[by] as Member
    bury(this.#ring, producer.id)
    this.#mourning = true
    this.#replace(by)
  }

  #replace(by: number): void {
    this.#estate.leave((this.#members[by] as Member).id)
    this.#members[by] = this.#openProducer()
  }

  #openProducer(): Member {
    const producer = openProducer(attachRing(this.#ring.handle, { engine: 'js' }))
    return { id: this.#lives++, producer, held: [] }
  }

  #openConsumer(): Consumer<Uint8Array | LostRecord> {
    return openConsumer(attachRing(this.#ring.handle, { engine: 'js' }), { showLost: true })
  }

  #mayHaveDone(owner: number, payloads: readonly Uint8Array[]): void {
    this.#unsure += payloads.length
    this.#estate.reserve(owner, payloads, 'unsure')
  }

  #payloads(sizes: readonly number[]): Uint8Array[] {
    return sizes.map((size) => {
      const payload = pattern(size, this.#serial)
      new DataView(payload.buffer).setUint32(0, this.#serial++)
      return payload
    })
  }

  #mustBalance(): RingCounters {
    const counters = this.#ring.counters()
    const estate = this.#estate
    assert.ok(identityHolds(counters), `the identity does not hold: ${JSON.stringify(counters)}`)
    assert.equal(counters.inFlight, estate.busy.length, 'reserved by those who live')
    assert.equal(counters.consumed, estate.delivered, 'consumed')
    assert.equal(counters.lost, estate.lost, 'lost')
    for (const [name, sure] of [
      ['submitted', estate.count('submitted')],
      ['discarded', estate.count('discarded')],
    ] as const) {
      const counted = counters[name]
      assert.ok(counted >= sure && counted <= sure + this.#unsure, `${counted} ${name}, of ${sure}`)
    }
    return counters
  }
}

export const RECOVERY = property({
  name: 'recovery',
  law: 'whoever dies at whatever moment, nothing that was submitted is lost, nothing else comes, and all is counted',
  promise: 'Death',
  model: 'what the dead leave: regions in order, some of them unsure',
  share: 0.3,
  skip: NO_LIFE,
  cases: fc.record({ overwrites: fc.boolean(), steps: steps(operation, 50) }),
  check(example) {
    const family = new Family(example.overwrites)
    for (const operation of example.steps) family.apply(operation)
    family.finish()
  },
})
