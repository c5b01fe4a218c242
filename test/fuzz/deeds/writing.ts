import assert from 'node:assert/strict'
import { EAGAIN, EINVAL, type Producer } from 'bpf-ringbuf'
import { DATA_OFFSET } from '#dist/abi/region.js'
import { mustLieInside } from '../../ring/support/bounds.js'
import { addressOf } from '../../ring/support/rings.js'
import { type Deed, drawLength, type Stage } from './deed.js'

/** What is done at the writing end. */
export const WRITING: Readonly<Record<string, Deed>> = {
  'try to reserve': {
    weight: 6,
    act: (stage) => {
      const length = drawLength(stage)
      fillAndCommit(stage, stage.producer.tryReserve(length), length)
    },
  },
  reserve: {
    weight: 4,
    waits: true,
    act: (stage) => {
      const length = drawLength(stage)
      fillAndCommit(stage, stage.producer.reserve(length), length)
    },
  },
  'reserve, waiting': {
    weight: 1,
    waits: true,
    act: (stage) => {
      const length = drawLength(stage)
      if (length <= stage.ring.largestPayload)
        fillAndCommit(stage, stage.producer.reserveBlocking(length, 0), length)
    },
  },
  output: {
    weight: 4,
    waits: true,
    act: (stage) => {
      const { producer, random } = stage
      const bytes = new Uint8Array(Math.min(drawLength(stage), stage.ring.size)).fill(7)
      mustAnswer(producer.output(bytes, random.below(4)))
      mustAnswer(producer.outputText('text'))
      const start = addressOf(stage.ring) + DATA_OFFSET
      mustAnswer(producer.outputFrom(start + random.below(100), bytes.length))
    },
  },
  'output many': {
    weight: 2,
    waits: true,
    act: (stage) => {
      const payloads = Array.from(
        { length: stage.random.below(6) },
        () => new Uint8Array(stage.random.below(90)),
      )
      mustAnswer(stage.producer.outputMany(payloads))
    },
  },
  batch: {
    weight: 3,
    waits: true,
    act: (stage) => {
      const { producer, ring, random } = stage
      const [records, length] = [1 + random.below(5), random.below(120)]
      const first = producer.reserveBatch(records, length)
      if (first === 0) return
      const data = addressOf(ring) + DATA_OFFSET
      for (let i = 0; i < records; i++) {
        const address = producer.batchAddress(first, i, length)
        assert.ok(address >= data + 8 && address + length <= data + 2 * ring.size)
        producer.memory.u8.fill(8, address, address + length)
      }
      if (random.oneIn(3)) stage.damage()
      mustAnswer(
        random.oneIn(3)
          ? producer.discardBatch(first, records, length)
          : producer.submitBatch(first, records, length),
      )
    },
  },
  'record object': {
    weight: 2,
    waits: true,
    act: (stage) => {
      const { producer, ring, random } = stage
      using record = producer.record(random.below(ring.largestPayload + 1))
      if (record === null) return
      const { byteOffset, length } = record.bytes
      mustLieInside(ring, byteOffset, length, 1)
      record.bytes.fill(9)
      if (random.oneIn(2)) record.submit()
    },
  },
  'commit what was held': {
    weight: 3,
    act: ({ producer, held, random }) => {
      for (const address of held) {
        mustAnswer(random.oneIn(2) ? producer.submit(address) : producer.discard(address))
      }
    },
  },
  'commit what is no record': {
    weight: 2,
    act: ({ producer, ring, random }) => {
      const anywhere = random.below(addressOf(ring) + DATA_OFFSET + 3 * ring.size)
      const address = random.oneIn(8) ? random.word() : random.oneIn(2) ? anywhere & ~7 : anywhere
      mustAnswer(random.oneIn(2) ? producer.submit(address) : producer.discard(address))
    },
  },
  'wait for room': {
    weight: 1,
    act: (stage) => {
      const { producer, ring, random } = stage
      producer.waitForRoom(random.below(ring.largestPayload), 0)
    },
  },
  close: { weight: 1, waits: true, act: ({ ring }) => ring.close() },
}

function fillAndCommit(stage: Stage, address: number, length: number): void {
  const { producer, ring, random } = stage
  if (address === 0) {
    mustSayWhy(producer)
    return
  }
  mustLieInside(ring, address, length, 1)
  producer.memory.u8.fill(6, address, address + length)
  if (random.oneIn(4)) stage.damage()
  mustAnswer(random.oneIn(3) ? producer.discard(address) : producer.submit(address))
}

function mustSayWhy(producer: Producer): void {
  assert.notEqual(producer.reason, 'none')
  assert.notEqual(producer.reason, undefined)
}

/** 0, or one of the two refusals. */
function mustAnswer(answer: number): void {
  assert.ok(answer === 0 || answer === -EINVAL || answer === -EAGAIN, `it answered ${answer}`)
}
