/** Programs as data: what is not known when they are built stands beside the bytes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ProgramBuilder } from '#dist/bytecode/builder.js'
import { disassemble } from '#dist/bytecode/disassemble.js'
import { link, type Program } from '#dist/bytecode/program.js'
import { r0, r1, r2, r3 } from '#dist/bytecode/register.js'
import { refusal } from './support/bytes.js'

const build = (): Program =>
  new ProgramBuilder()
    .constant(r3, 1n)
    .map(r1, 'events')
    .mapValue(r2, { name: 'counts' }, 8)
    .variable(r3, 'runqueues')
    .callKernel('bpf_rcu_read_lock')
    .label('end')
    .mov(r0, 0)
    .exit()
    .build()

test('relocations name what is missing, and where', () => {
  assert.deepEqual(build().relocations, [
    { kind: 'map', name: 'events', slot: 2 },
    { kind: 'mapValue', name: 'counts', slot: 4 },
    { kind: 'variable', name: 'runqueues', slot: 6 },
    { kind: 'function', name: 'bpf_rcu_read_lock', slot: 8 },
  ])
})

test('the text of a program has its labels, and the names of what is missing', () => {
  assert.equal(
    disassemble(build()),
    [
      '0: (18) r3 = 0x1',
      '2: (18) r1 = map[events]',
      '4: (18) r2 = map[counts][0]+8',
      '6: (18) r3 = variable[runqueues]',
      '8: (85) call bpf_rcu_read_lock#0',
      'end:',
      '9: (b7) r0 = 0',
      '10: (95) exit',
    ].join('\n'),
  )
})

test('a program goes through structuredClone unchanged', () => {
  const program = build()
  assert.deepEqual(structuredClone(program), program)
})

describe('linking', () => {
  const numbers: Record<string, number> = { events: 5, counts: 6, runqueues: 1000, bpf_rcu_read_lock: 2000 }

  test('fills in what is missing, and leaves the program as it is', () => {
    const program = build()
    const before = program.bytes.slice()
    const linked = link(program, ({ name }) => numbers[name])
    assert.deepEqual(program.bytes, before)
    assert.equal(
      disassemble(linked).split('\n').slice(1, 5).join('\n'),
      [
        '2: (18) r1 = map[fd:5]',
        '4: (18) r2 = map[fd:6][0]+8',
        '6: (18) r3 = variable[id:1000]',
        '8: (85) call kernel#2000',
      ].join('\n'),
    )
  })

  test('what is unknown, or no number for it, is named', () => {
    const fails = (name: string, value: number | undefined, message: RegExp) =>
      assert.throws(
        () => link(build(), (asked) => (asked.name === name ? value : numbers[asked.name])),
        refusal('ERR_PROGRAM_INVALID', message),
      )
    fails('events', undefined, /^instruction 2 needs the map 'events', which is unknown$/)
    fails('counts', -1, /^instruction 4 needs the mapValue 'counts', which is -1$/)
    fails('runqueues', 2 ** 31, /which is 2147483648/)
    fails('bpf_rcu_read_lock', 0.5, /which is 0.5/)
  })
})
