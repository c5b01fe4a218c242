/** Records from processes to another one: a mapped ring, and what one takes without it. */
import type { Contestant } from '../contestant.js'
import { BATCH_RECORDS, type HandOffWay, handOffCases } from '../core/cases.js'
import { PROCESS_BYTES } from '../linux/cases.js'
import type { OneWay, OneWayMeasurement } from '../linux/one-way.js'
import { openMapped } from '../processes/receive-from-ring.js'
import { openPipes, openSockets } from '../processes/receive-from-streams.js'
import { openChannels } from '../processes/receive-messages.js'
import type { Load } from '../processes/task.js'
import { betweenProcesses } from './latency/mapped.js'

const absent = () => (process.platform === 'linux' ? null : 'rings between processes need Linux')

type Open = (load: Load) => Promise<OneWay>

const measure = (open: Open, load: Load): OneWayMeasurement => ({
  kind: 'one-way',
  senders: load.senders,
  open: () => open(load),
})

/** The case of the suite `linux`. */
function between(open: Open, batch = 1): Contestant['cases'] {
  return { 'process-64B': measure(open, { bytes: PROCESS_BYTES, batch, senders: 1 }) }
}

/** The cases of the suite `peers` in which records go that way. */
function handOffs(open: Open, ...ways: HandOffWay[]): Contestant['cases'] {
  return handOffCases(({ producers, bytes, way }) => {
    const batch = way === 'batch' ? BATCH_RECORDS : 1
    return ways.includes(way) ? measure(open, { bytes, batch, senders: producers }) : undefined
  })
}

function contestant(name: string, about: string, ...cases: Contestant['cases'][]): Contestant {
  return { name, kind: 'processes', about, absent, cases: Object.assign({}, ...cases) }
}

/** One record a call, and by another name, as the packing is the user's own, 16. */
function other(name: string, about: string, open: Open): readonly Contestant[] {
  return [
    contestant(name, about, between(open), handOffs(open, 'single')),
    contestant(
      `${name}-batch`,
      'the same, but 16 records go with one call',
      between(open, BATCH_RECORDS),
      handOffs(open, 'batch'),
    ),
  ]
}

const mapped =
  (where: 'process' | 'thread', kind: 'reserve' | 'output'): Open =>
  (load) =>
    openMapped(where, kind, load)

export const contestants: readonly Contestant[] = [
  contestant(
    'mapped-processes',
    'createMappedRing; another process reserves, fills, submits',
    between(mapped('process', 'reserve')),
    handOffs(mapped('process', 'reserve'), 'single', 'batch'),
    betweenProcesses,
  ),
  contestant(
    'mapped-threads',
    'the same ring; another thread of this process',
    between(mapped('thread', 'reserve')),
  ),
  contestant(
    'mapped-processes-output',
    'createMappedRing; another process calls output',
    between(mapped('process', 'output')),
  ),
  contestant(
    'mapped-threads-output',
    'the same ring; another thread of this process',
    between(mapped('thread', 'output')),
  ),
  ...other('unix-socket', 'a Unix socket, one write a record', openSockets),
  ...other('pipe', 'standard output of a child, one write a record', openPipes),
  ...other('child-ipc', "process.send of a child of Node, serialization 'advanced'", (load) =>
    openChannels('advanced', load),
  ),
  ...other('child-ipc-json', 'the same with JSON: an object with text', (load) => openChannels('json', load)),
]
