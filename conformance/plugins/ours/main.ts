/** The rings of this package as plug-ins. */

import { RingbufError } from 'bpf-ringbuf'
import { Command, Option } from 'commander'
import { errnoName } from '#dist/abi/errno-names.js'
import type { Capability } from '../../src/capabilities.js'
import { bytesOf, commitAnswer, serve, shownRequests } from '../serve.js'
import { Subject, type SubjectKind } from './subject.js'

const kind = new Command('ours')
  .addOption(new Option('--memory <kind>').choices(['shared', 'mapped']).default('shared'))
  .addOption(new Option('--engine <build>').choices(['wasm', 'js']).default('wasm'))
  .addOption(new Option('--reservations <order>').choices(['claim', 'lock']).default('claim'))
  .parse()
  .opts<SubjectKind>()

/** Rings with claims have no pending position, and clear what was consumed. */
const withLock: readonly Capability[] =
  kind.memory === 'mapped' || kind.reservations === 'lock' ? ['pending-position', 'overwrite'] : []
/** Memory that is not mapped twice has other old bytes behind its end than at its start. */
const mapped: readonly Capability[] = kind.memory === 'mapped' ? ['mirror', 'stale-bytes'] : []

let subject: Subject | undefined
const addresses: number[] = []

function create(size: string, flags: string, start: string): string {
  subject?.close()
  subject = undefined
  try {
    subject = new Subject(kind, Number(size), Number(flags), Number(start))
    return 'ok'
  } catch (error) {
    if (error instanceof RingbufError && /^ERR_(RING_SIZE|RING_FLAGS|INVALID_ARGUMENT)$/.test(error.code))
      return 'errno EINVAL'
    throw error
  }
}

function ring(): Subject {
  if (!subject) throw new Error('there is no ring')
  return subject
}

function commit(how: 'submit' | 'discard', handle: string, flags: string): string {
  const { producer } = ring()
  let result = 0
  const wakes = ring().wakes(() => {
    result = producer[how](addresses[Number(handle)] as number, Number(flags))
  })
  return result === 0 ? commitAnswer(wakes) : `errno ${errnoName(-result)}`
}

serve({
  name: [kind.memory, kind.engine, ...(kind.memory === 'shared' ? [kind.reservations] : [])].join('-'),
  capabilities: [
    'start',
    'wakeups',
    'readable',
    'positions',
    'headers',
    'data',
    'move-consumer',
    ...withLock,
    ...mapped,
  ],
  requests: {
    create,
    reserve: (handle, size, flags) => {
      const address = ring().producer.reserve(Number(size), Number(flags))
      addresses[Number(handle)] = address
      return address === 0 ? 'none' : 'ok'
    },
    write: (handle, offset, digits) => {
      ring().producer.memory.u8.set(bytesOf(digits), (addresses[Number(handle)] as number) + Number(offset))
      return 'ok'
    },
    submit: (handle = '', flags = '') => commit('submit', handle, flags),
    discard: (handle = '', flags = '') => commit('discard', handle, flags),
    output: (flags, digits) => {
      let result = 0
      const wakes = ring().wakes(() => {
        result = ring().producer.output(bytesOf(digits), Number(flags))
      })
      return result === 0 ? commitAnswer(wakes) : `errno ${errnoName(-result)}`
    },
    ...shownRequests(ring),
    query: (flag) => `number ${ring().query(Number(flag))}`,
  },
  close: () => subject?.close(),
})
