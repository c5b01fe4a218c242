import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KernelTypes, readKernelTypes } from 'bpf-ringbuf/kernel'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

describe('the kernel’s types', { skip: NO_BPF }, () => {
  tidyTest('say where its ring keeps its positions', () => {
    const types = readKernelTypes()
    const offsets = ['consumer_pos', 'producer_pos', 'pending_pos', 'data'].map((field) =>
      types.offsetOf('bpf_ringbuf', field),
    )
    assert.deepEqual(offsets, [4096, 8192, 8200, 12288])
    assert.equal(types.offsetOf('bpf_ringbuf_hdr', 'pg_off'), 4)
    // In a nameless part of it.
    assert.ok(types.offsetOf('task_struct', 'tgid') > 0)
    assert.throws(() => types.offsetOf('task_struct', 'no_such_field'), { code: 'ERR_NOT_SUPPORTED' })
    assert.throws(() => types.offsetOf('no_such_struct', 'pid'), { code: 'ERR_NOT_SUPPORTED' })
  })
})

test('other bytes are none', () => {
  for (const bytes of [0, 10, 100]) {
    assert.throws(() => new KernelTypes(new Uint8Array(bytes)), { code: 'ERR_INVALID_ARGUMENT' })
  }
})
