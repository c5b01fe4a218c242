/** Errors of the system: their names, and how a refusal is told. */
import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { test } from 'node:test'
import { errnoName } from '#dist/abi/errno-names.js'
import { must } from '#dist/system/failure.js'
import { mustThrow } from './support/errors.js'

/** Two names of one number; the other is the one that is told. */
const SECOND_NAMES = ['EWOULDBLOCK', 'ENOTSUP', 'EDEADLOCK']

test('names are those of the system', {
  skip: process.platform !== 'linux' && 'numbers are of Linux',
}, () => {
  for (const [name, errno] of Object.entries(constants.errno)) {
    if (!SECOND_NAMES.includes(name)) assert.equal(errnoName(errno), name)
  }
})

test('what has no name is told by its number', () => {
  assert.equal(errnoName(0), 'errno 0')
  assert.equal(errnoName(41), 'errno 41')
  assert.equal(errnoName(133), 'EHWPOISON')
  assert.equal(errnoName(134), 'errno 134')
  assert.equal(errnoName(524), 'ENOTSUPP')
})

test('an answer passes', () => {
  assert.equal(must(0, 'close', 'x'), 0)
  assert.equal(must(7, 'open', 'x'), 7)
})

test('a refusal is an error with the call, the object and the reason', () => {
  const call = () =>
    must(-1, 'bpf(BPF_MAP_CREATE)', `ringbuf 'events'`, { EPERM: 'needs CAP_BPF', EINVAL: 'no' })
  const error = mustThrow('ERR_SYSTEM', call)
  assert.equal(error.message, `bpf(BPF_MAP_CREATE) ringbuf 'events': EPERM, needs CAP_BPF`)
  assert.deepEqual(error.detail, {
    syscall: 'bpf(BPF_MAP_CREATE)',
    object: `ringbuf 'events'`,
    errno: 'EPERM',
    number: 1,
  })
  assert.equal(mustThrow('ERR_SYSTEM', () => must(-22, 'mmap', 'x')).message, 'mmap x: EINVAL')
})
