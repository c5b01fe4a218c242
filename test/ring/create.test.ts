import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRing, formatBytes, openProducer, parseRingSize, RingbufError, type Size } from 'bpf-ringbuf'

/** The call must throw this code, and say these words. */
function mustFail(act: () => unknown, code: string, ...words: readonly (string | number)[]): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof RingbufError, `${error}`)
    assert.equal(error.code, code, error.message)
    for (const word of words) assert.ok(error.message.includes(String(word)), `${word} in: ${error.message}`)
    return true
  })
}

describe('sizes', () => {
  const legal: [Size, number][] = [
    [4096, 4096],
    [2 ** 30, 2 ** 30],
    ['4096', 4096],
    ['4096B', 4096],
    ['4 KiB', 4096],
    ['64KiB', 65536],
    ['16 MiB', 2 ** 24],
    [' 16mib ', 2 ** 24],
    ['0.5 MiB', 2 ** 19],
    ['1 GiB', 2 ** 30],
  ]
  for (const [size, bytes] of legal) {
    test(`${JSON.stringify(size)} is ${bytes} bytes`, () => assert.equal(parseRingSize(size), bytes))
  }

  const illegal: [Size, ...(string | number)[]][] = [
    [0, 0, 4096],
    [1, 4096],
    [1000, 1000, 4096],
    [2048, 2048, 4096],
    [4095, 4096],
    [4097, 4097, 4096, 8192],
    [12288, 12288, 8192, 16384],
    [100_000, 65536, '64 KiB', 131072, '128 KiB'],
    [2 ** 30 + 1, 2 ** 30, '1 GiB'],
    [2 ** 31, 2 ** 31, 2 ** 30],
    [2 ** 40, 2 ** 30],
    [-4096, -4096, 4096],
    [4096.5, 4096.5],
    ['5 KiB', "'5 KiB'", 5120, 4096, 8192],
    ['2 GiB', 2 ** 31, 2 ** 30],
    ['3 MiB', 2 ** 21, 2 ** 22],
  ]
  for (const [size, ...words] of illegal) {
    test(`${JSON.stringify(size)} is refused, with the value, the rule and the nearest`, () => {
      mustFail(() => createRing({ size }), 'ERR_RING_SIZE', 'power of two', ...words)
      mustFail(() => parseRingSize(size), 'ERR_RING_SIZE', 'power of two', ...words)
    })
  }

  const senseless = [
    Number.NaN,
    Infinity,
    '',
    'big',
    '4 KB',
    '4 kilobytes',
    '-4 KiB',
    '4096 4096',
    '1e12',
    '0x1000',
  ]
  for (const size of [...senseless, null, undefined, {}, [], true, 4096n, () => 4096]) {
    test(`${typeof size} ${String(size)} is no size`, () => {
      mustFail(() => createRing({ size: size as Size }), 'ERR_RING_SIZE', 'is not a size', String(size))
    })
  }

  test('bytes are written in the unit that shows them shortest', () => {
    const shown = [0, 100, 1023, 1024, 1536, 65536, 2 ** 20, 2.5 * 2 ** 20, 2 ** 30].map(formatBytes)
    const expected = ['0 B', '100 B', '1023 B', '1 KiB', '1.5 KiB', '64 KiB', '1 MiB', '2.5 MiB', '1 GiB']
    assert.deepEqual(shown, expected)
  })
})

describe('names', () => {
  for (const name of [
    '',
    'events',
    'a'.repeat(64),
    'ö'.repeat(32),
    '🌍'.repeat(16),
    'with spaces, "quotes"',
  ]) {
    test(`'${name.slice(0, 20)}' of ${name.length} units is kept`, () => {
      assert.equal(createRing({ size: 4096, name }).name, name)
    })
  }
  for (const name of ['a'.repeat(65), 'ö'.repeat(33), '🌍'.repeat(17)]) {
    test(`a name of ${Buffer.byteLength(name)} bytes is too long`, () => {
      mustFail(() => createRing({ size: 4096, name }), 'ERR_RING_NAME', Buffer.byteLength(name), 64)
    })
  }
  for (const name of ['a\nb', '\0', 'tab\t', '\u007f', '\u0085']) {
    test(`${JSON.stringify(name)} holds a control character`, () => {
      mustFail(() => createRing({ size: 4096, name }), 'ERR_RING_NAME', 'control')
    })
  }
  for (const name of [5, null, {}, Symbol.iterator]) {
    test(`a name that is ${name === null ? 'null' : typeof name} is refused`, () => {
      mustFail(() => createRing({ size: 4096, name: name as unknown as string }), 'ERR_RING_NAME')
    })
  }
})

describe('options', () => {
  test('the default is a ring of claims, in WebAssembly, at position 0, with no name', () => {
    const ring = createRing({ size: '4 KiB' })
    assert.deepEqual(
      [ring.name, ring.size, ring.reservations, ring.engine, ring.query(2), ring.query(3)],
      ['', 4096, 'claim', 'wasm', 0, 0],
    )
  })

  test('a ring of 1 MiB takes at most 2.1 MiB', () => {
    assert.ok(createRing({ size: '1 MiB' }).memoryBytes <= 2.1 * 2 ** 20)
  })

  for (const flags of [1, 4, 2 ** 20, 2 ** 19 + 1, -1, Number.NaN]) {
    test(`flags ${flags} are not known`, () => {
      mustFail(() => createRing({ size: 4096, flags }), 'ERR_RING_FLAGS', flags, 'BPF_F_RB_OVERWRITE')
    })
  }

  for (const initialPosition of [1, 4, -8, 2 ** 32, 8.5, Number.NaN, Infinity]) {
    test(`no ring can begin at ${initialPosition}`, () => {
      mustFail(() => createRing({ size: 4096, initialPosition }), 'ERR_INVALID_ARGUMENT', initialPosition)
    })
  }

  test('engine and reservations are of those known', () => {
    const choices = { engine: 'rust', reservations: 'lease' } as const
    for (const [option, value] of Object.entries(choices)) {
      mustFail(() => createRing({ size: 4096, [option]: value }), 'ERR_INVALID_ARGUMENT', option, value)
    }
  })

  test('memory that cannot be had is an error that says how much, and why', () => {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: { Memory: unknown } }
    const { Memory } = WebAssembly
    WebAssembly.Memory = class {
      constructor() {
        throw new RangeError('no more of it')
      }
    }
    try {
      assert.throws(
        () => createRing({ size: '1 GiB' }),
        (error) => {
          assert.ok(error instanceof RingbufError, `${error}`)
          assert.equal(error.code, 'ERR_NO_SHARED_MEMORY')
          assert.match(error.message, /2\.0 GiB.*no more of it/)
          assert.equal(error.detail['bytes'], 2 ** 31 + 12288)
          assert.ok(error.cause instanceof RangeError)
          return true
        },
      )
    } finally {
      WebAssembly.Memory = Memory
    }
  })
})

describe('the largest ring', () => {
  for (const engine of ['wasm', 'js'] as const) {
    test(`1 GiB, ${engine}: its longest record can be reserved, and its last byte written`, () => {
      // With a lock nothing is filled, so that the memory is never touched.
      const ring = createRing({ size: '1 GiB', engine, reservations: 'lock', initialPosition: 2 ** 30 - 16 })
      const producer = openProducer(ring)
      const address = producer.reserve(2 ** 30 - 16)
      assert.equal(address, 12288 + 2 ** 30 - 8)
      assert.equal(producer.memory.u32[(address - 8) >>> 2], 2 ** 31 + 2 ** 30 - 16)
      assert.equal(producer.memory.u32[(address - 4) >>> 2], 2 ** 18 + 2)
      producer.memory.u8[address + 2 ** 30 - 17] = 1
      assert.equal(producer.submit(address), 0)
      assert.equal(ring.query(0), 2 ** 30 - 8)
      assert.equal(producer.reserve(0), 0)
      assert.equal(producer.reason, 'full')
    })
  }
})
