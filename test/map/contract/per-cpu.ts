/** Maps with a value for each processor. */
import assert from 'node:assert/strict'
import { lookupPerCpu, sumPerCpu, typedMap } from 'bpf-ringbuf/map'
import { tidyTest } from '../../system/support/leaks.js'
import { made, type Subject, u32, u64 } from './subject.js'

export function perCpu(subject: Subject): void {
  const { processors } = subject
  for (const type of ['percpu_array', 'percpu_hash'] as const) {
    tidyTest(`${type}: a value is one for each, in multiples of 8 bytes`, () => {
      for (const valueSize of [4, 8, 12]) {
        using map = made(subject, { type, maxEntries: 2, valueSize })
        assert.equal(map.info.valueSize, valueSize)
        const stride = Math.ceil(valueSize / 8) * 8
        const all = new Uint8Array(stride * processors)
        for (let cpu = 0; cpu < processors; cpu++) all.fill(cpu + 1, cpu * stride, cpu * stride + valueSize)
        assert.equal(map.update(u32(1), all), true)
        assert.deepEqual(map.lookup(u32(1)), all)
        assert.deepEqual(
          lookupPerCpu(map, u32(1)),
          Array.from({ length: processors }, (_, cpu) => new Uint8Array(valueSize).fill(cpu + 1)),
        )
        const [[keys, values], single] = [batchOf(map.lookupBatch(4)), new Uint8Array(valueSize)]
        assert.deepEqual(values[keys.indexOf(1)], all)
        assert.throws(() => map.update(u32(1), single), { code: 'ERR_INVALID_ARGUMENT', message: /takes/ })
      }
    })

    tidyTest(`${type}: counters are summed, and read by their types`, () => {
      using map = made(subject, { type, maxEntries: 2, valueSize: 8 })
      map.update(u32(0), u64(...Array.from({ length: processors }, (_, cpu) => 10 + cpu)))
      const sum = Array.from({ length: processors }, (_, cpu) => BigInt(10 + cpu)).reduce((a, b) => a + b)
      assert.equal(sumPerCpu(map, u32(0)), sum)
      assert.equal(typedMap(map, { key: 'u32', value: 'u64' }).perCpu(0)?.at(-1), BigInt(9 + processors))
    })
  }

  tidyTest('no other map has values for each processor', () => {
    using map = made(subject, { type: 'array', maxEntries: 1 })
    assert.throws(() => lookupPerCpu(map, u32(0)), { code: 'ERR_INVALID_ARGUMENT', message: /one value/ })
  })
}

function batchOf({ keys, values }: { keys: Uint8Array[]; values: Uint8Array[] }): [number[], Uint8Array[]] {
  return [keys.map((key) => key[0] ?? 0), values]
}
