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

const MEMBERS = 4 * 2 ** 24

/** BTF of these words of types, and these strings; or with another word in its header. */
function typesOf(words: readonly number[], strings: string, header: Record<number, number> = {}): Uint8Array {
  const bytes = new Uint8Array(24 + 4 * words.length + strings.length)
  const data = new DataView(bytes.buffer)
  const first = [0xeb9f + 2 ** 16, 24, 0, 4 * words.length, 4 * words.length, strings.length]
  for (const [i, word] of [...first, ...words].entries()) data.setUint32(4 * i, header[4 * i] ?? word, true)
  bytes.set(new TextEncoder().encode(strings), 24 + 4 * words.length)
  return bytes
}

test('of bytes that are such', () => {
  const types = new KernelTypes(typesOf([1, MEMBERS + 1, 8, 3, 0, 32], '\0a\0b\0'))
  assert.equal(types.offsetOf('a', 'b'), 4)
})

test('other bytes are none', () => {
  const struct = [1, MEMBERS + 1, 8, 3, 0, 32]
  for (const bytes of [
    new Uint8Array(0),
    new Uint8Array(10),
    new Uint8Array(100),
    undefined,
    'types',
    // Its types begin, or end, behind its end; so do its strings.
    typesOf(struct, '\0a\0b\0', { 8: 2 ** 31, 12: 2 ** 31 }),
    typesOf(struct, '\0a\0b\0', { 12: 2 ** 32 - 1 }),
    typesOf(struct, '\0a\0b\0', { 16: 2 ** 31 }),
    typesOf(struct, '\0a'),
  ]) {
    assert.throws(() => new KernelTypes(bytes as never), { code: 'ERR_INVALID_ARGUMENT' })
  }
  // More members than there are bytes; a name behind the strings; a nameless part that is the structure itself.
  for (const words of [
    [1, MEMBERS + 100, 8, 3, 0, 32],
    [1, MEMBERS + 1, 8, 1000, 0, 32],
    [1, MEMBERS + 1, 8, 0, 1, 32],
  ]) {
    const types = new KernelTypes(typesOf(words, '\0a\0b\0'))
    assert.throws(() => types.offsetOf('a', 'c'), { code: 'ERR_INVALID_ARGUMENT' })
  }
})
