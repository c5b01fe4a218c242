import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeText, RingbufError } from 'bpf-ringbuf'
import type { MakeRig } from './contract.js'

/** The comfortable level: records that know their state. */
export function records(make: MakeRig): void {
  test('a record shows its payload by every view', () => {
    const rig = make()
    const record = mustHave(rig.producer.record(21))
    assert.equal(record.length, 21)
    assert.equal(record.finished, false)
    assert.equal(record.bytes.length, 21)
    assert.equal(record.uint32.length, 5)
    assert.equal(record.float64.length, 2)
    assert.equal(record.dataView.byteLength, 21)
    record.float64[0] = Math.PI
    record.uint32[2] = 0x0403_0201
    record.dataView.setUint16(12, 0x0605, true)
    record.bytes[20] = 7
    record.submit()
    assert.equal(record.finished, true)
    const seen = Buffer.from(rig.consumer.read() ?? [])
    assert.equal(seen.readDoubleLE(0), Math.PI)
    assert.deepEqual([...seen.subarray(8, 14)], [1, 2, 3, 4, 5, 6])
    assert.equal(seen[20], 7)
  })

  test('a record of no bytes has views of no bytes, at the end of the ring too', () => {
    const rig = make({ initialPosition: 4096 - 8 })
    for (let i = 0; i < 2; i++) {
      const record = mustHave(rig.producer.record(0))
      assert.deepEqual([record.bytes.length, record.uint32.length, record.float64.length], [0, 0, 0])
      record.submit()
    }
    assert.deepEqual(rig.texts(), ['', ''])
  })

  test('views of a record that runs past the end are whole', () => {
    const rig = make({ initialPosition: 4096 - 16 })
    const record = mustHave(rig.producer.record(4080))
    record.bytes.fill(7)
    record.submit()
    assert.ok(rig.consumer.read()?.every((byte) => byte === 7))
  })

  test('it is finished exactly once', () => {
    const rig = make()
    for (const first of ['submit', 'discard'] as const) {
      for (const second of ['submit', 'discard'] as const) {
        const record = mustHave(rig.producer.record(8))
        record[first]()
        rig.mustChangeNothing(() => {
          assert.throws(() => record[second](), { name: 'RingbufError', code: 'ERR_RECORD_FINISHED' })
        })
      }
    }
    rig.mustBalance()
  })

  test('it cannot be used after it was finished', () => {
    const rig = make()
    const record = mustHave(rig.producer.record(8))
    record.submit()
    const finished = { code: 'ERR_RECORD_FINISHED' }
    assert.throws(() => record.bytes, finished)
    assert.throws(() => record.uint32, finished)
    assert.throws(() => record.float64, finished)
    assert.throws(() => record.dataView, finished)
    assert.throws(() => record.writeText(''), finished)
  })

  test('leaving the block without submit discards, also by an exception', () => {
    const rig = make()
    {
      using record = rig.producer.record(8)
      mustHave(record).bytes.fill(1)
    }
    assert.throws(() => {
      using _record = rig.producer.record(8)
      throw new Error('mine')
    }, /mine/)
    {
      using record = rig.producer.record(8)
      record?.submit()
    }
    assert.equal(rig.texts().length, 1)
    const { discarded, submitted } = rig.mustBalance()
    assert.deepEqual([discarded, submitted], [2, 1])
  })

  test('no room now is null, also for using; what can never be is an error with value and limit', () => {
    const rig = make()
    rig.fill(8)
    {
      using record = rig.producer.record(8)
      assert.equal(record, null)
    }
    assert.equal(rig.producer.batch(2, 8), null)
    mustFail(() => rig.producer.record(4081), 'ERR_RECORD_TOO_LARGE', { value: 4081, limit: 4080 })
    mustFail(() => rig.producer.record(2 ** 32 - 1), 'ERR_RECORD_TOO_LARGE', {
      value: 2 ** 32 - 1,
      limit: 4080,
    })
    for (const size of [-1, 1.5, Number.NaN, 2 ** 32]) {
      mustFail(() => rig.producer.record(size), 'ERR_INVALID_ARGUMENT', { value: size })
      mustFail(() => rig.producer.batch(1, size), 'ERR_INVALID_ARGUMENT', { value: size })
      mustFail(() => rig.producer.hasRoom(size), 'ERR_INVALID_ARGUMENT', { value: size })
    }
  })

  test('a record that was committed through its address says so, once, and changes nothing', () => {
    const rig = make()
    const record = mustHave(rig.producer.record(8))
    rig.mustSubmit(record.address)
    rig.mustChangeNothing(() => {
      mustFail(() => record.submit(), 'ERR_NOT_A_RECORD', { address: record.address })
      mustFail(() => record.submit(), 'ERR_RECORD_FINISHED', { address: record.address })
      record[Symbol.dispose]()
    })
  })

  test('text is written as UTF-8, where it fits, from an offset on', () => {
    const rig = make()
    const text = 'Grüße, 世界 🌍'
    const bytes = Buffer.byteLength(text)
    const record = mustHave(rig.producer.record(bytes + 4))
    assert.equal(record.writeText(text, 4), bytes)
    record.bytes.set([1, 2, 3, 4])
    record.submit()
    rig.consumer.consumeRaw((memory, offset, length) => {
      assert.equal(decodeText(memory, offset + 4, length - 4), text)
    })
  })

  test('text that does not fit is an error, and writes nothing', () => {
    const rig = make()
    const record = mustHave(rig.producer.record(5))
    record.bytes.fill(0x2e)
    mustFail(() => record.writeText('sechs!'), 'ERR_INVALID_ARGUMENT', { value: 6, limit: 5 })
    mustFail(() => record.writeText('drei', 2), 'ERR_INVALID_ARGUMENT', { value: 6, limit: 5 }, [4, 2, 5])
    mustFail(() => record.writeText('ööö'), 'ERR_INVALID_ARGUMENT', { value: 6, limit: 5 })
    for (const offset of [-1, 0.5, Number.NaN, 6]) {
      assert.throws(() => record.writeText('', offset), { code: 'ERR_INVALID_ARGUMENT' })
    }
    assert.equal(record.writeText('fünf', 0), 5)
    assert.equal(record.writeText('', 5), 0)
    record.submit()
    assert.deepEqual(rig.texts(), ['fünf'])
  })

  test('outputText and decodeText give any text back', () => {
    const rig = make({ size: 65536 })
    const texts = ['', 'a', '\ufeffwith a mark in front', '\0', 'é'.repeat(5000), '🌍'.repeat(3000), 'ß\n\t"']
    for (const text of texts) {
      assert.equal(rig.producer.outputText(text), 0)
      rig.consumer.consumeRaw((memory, offset, length) => {
        assert.equal(decodeText(memory, offset, length), text)
      })
    }
    // Halves of a pair have no encoding.
    assert.equal(rig.producer.outputText('\ud83d'), 0)
    assert.deepEqual(rig.texts(), ['\ufffd'])
    assert.equal(rig.producer.outputText('x'.repeat(70_000)), -11)
  })

  test('decodeText believes no length: it never shows bytes of an earlier text', () => {
    const secret = Buffer.from('a secret that was decoded before')
    assert.equal(decodeText(secret, 0, secret.length).length, secret.length)
    assert.equal(decodeText(new Uint8Array([0x61, 0x62]), 0, 20), 'ab')
    assert.equal(decodeText(new Uint8Array([0x61, 0x62]), 1, 20), 'b')
    assert.equal(decodeText(new Uint8Array([0x61, 0x62]), 5, 20), '')
  })

  test('a batch is finished as a whole, exactly once', () => {
    const rig = make({ initialPosition: 4096 - 24 })
    const batch = mustHave(rig.producer.batch(3, 5))
    assert.deepEqual([batch.records, batch.sizeBytes, batch.finished], [3, 5, false])
    for (let i = 0; i < 3; i++) batch.bytes(i).set(Buffer.from(`${i}....`))
    assert.equal(batch.addressOf(0), batch.address)
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      mustFail(() => batch.bytes(index), 'ERR_INVALID_ARGUMENT', { value: index, limit: 2 }, [index, 3])
    }
    assert.deepEqual(rig.texts(), [])
    batch.submit()
    assert.deepEqual(rig.texts(), ['0....', '1....', '2....'])
    const finished = { code: 'ERR_RECORD_FINISHED' }
    assert.throws(() => batch.submit(), finished)
    assert.throws(() => batch.discard(), finished)
    assert.throws(() => batch.bytes(0), finished)
    {
      using batch = rig.producer.batch(2, 8)
      assert.ok(batch)
    }
    assert.equal(rig.mustBalance().discarded, 2)
  })

  test('a batch that can never be is an error with value and limit', () => {
    const rig = make()
    for (const records of [0, -1, 1.5, Number.NaN, 2 ** 32]) {
      mustFail(() => rig.producer.batch(records, 8), 'ERR_INVALID_ARGUMENT', { value: records })
    }
    mustFail(() => rig.producer.batch(256, 8), 'ERR_RECORD_TOO_LARGE', { value: 4088, limit: 4080 })
    mustFail(() => rig.producer.batch(1, 2 ** 32 - 1), 'ERR_RECORD_TOO_LARGE', {
      value: 2 ** 32,
      limit: 4080,
    })
    mustFail(() => rig.producer.batch(2 ** 32 - 1, 2 ** 31), 'ERR_RECORD_TOO_LARGE', { limit: 4080 })
  })
}

function mustHave<T>(record: T | null): T {
  assert.ok(record, 'no record')
  return record
}

/** The call must throw this code, with these numbers in `detail`, and (these, or others) in the message. */
function mustFail(
  act: () => unknown,
  code: string,
  detail: Record<string, number>,
  said: readonly (number | string)[] = Object.values(detail),
): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof RingbufError, `${error}`)
    assert.equal(error.code, code)
    for (const [key, value] of Object.entries(detail)) {
      assert.deepEqual(error.detail[key], value, `${key} of: ${error.message}`)
    }
    for (const word of said) assert.ok(error.message.includes(String(word)), `${word} in: ${error.message}`)
    return true
  })
}
