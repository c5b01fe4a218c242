/** Waits over a kernel that answers as the test says: signals, and parts of milliseconds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Backend } from '#dist/system/backend.js'
import { waitCalls } from '#dist/system/calls-waits.js'
import { KernelCalls } from '#dist/system/kernel-calls.js'
import { callNumbers } from '#dist/system/numbers.js'
import type { WaitCalls } from '#dist/system/system.js'

const EINTR = -4

/** A kernel that gives these answers, and remembers what it was asked. */
function scripted(answers: readonly number[]): { waits: WaitCalls; asked: number[][] } {
  const asked: number[][] = []
  const backend: Backend = {
    name: 'koffi',
    syscall: (...words) => {
      asked.push(words)
      return answers[asked.length - 1] ?? assert.fail('asked once too often')
    },
    view: () => assert.fail(),
    addressOf: () => 4096,
  }
  const numbers = callNumbers('x64') ?? assert.fail()
  return { waits: waitCalls(new KernelCalls(backend, numbers, 'x64')), asked }
}

const WAITS: Readonly<Record<string, (waits: WaitCalls) => number>> = {
  epoll: (waits) => waits.epollWait(3, new Uint32Array(2), 1000),
  poll: (waits) => waits.poll([{ fd: 3, events: 1, found: 0 }], 1000),
  futex: (waits) => waits.futexWait(4096, 0, 1000),
}

for (const [name, wait] of Object.entries(WAITS)) {
  test(`a signal does not end a wait in ${name}`, () => {
    const { waits, asked } = scripted([EINTR, EINTR, 1])
    assert.equal(wait(waits), 1)
    assert.equal(asked.length, 3)
  })

  test(`an error does, in ${name}`, () => assert.equal(wait(scripted([-9]).waits), -9))
}

test('epoll is asked for whole milliseconds, and never for fewer than are left', () => {
  const { waits, asked } = scripted([1])
  waits.epollWait(3, new Uint32Array(2), 0.9)
  assert.equal(asked[0]?.[4], 1)
})
