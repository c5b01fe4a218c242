/** What whoever lacks privileges is told: the call, what it was about, the error, and the capability. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ProgramBuilder, r0 } from 'bpf-ringbuf/bytecode'
import { loadProgram } from 'bpf-ringbuf/kernel'
import { NO_BPF } from '../system/support/door.js'

const unprivileged = fileURLToPath(new URL('./support/unprivileged.js', import.meta.url))
const refused = (type: string) =>
  `ERR_PROGRAM_REFUSED the kernel refuses the ${type} program (EPERM): it needs`

const EXPECTED = `
createMap: ERR_SYSTEM bpf(BPF_MAP_CREATE) hash 'h': EPERM, needs CAP_BPF
createRingMap: ERR_SYSTEM bpf(BPF_MAP_CREATE) ringbuf 'r': EPERM, needs CAP_BPF
createUserRingMap: ERR_SYSTEM bpf(BPF_MAP_CREATE) user_ringbuf 'u': EPERM, needs CAP_BPF
loadPlain: ${refused('socket_filter')} CAP_BPF; or this kernel allows no such programs
loadNetwork: ${refused('xdp')} CAP_BPF and CAP_NET_ADMIN; or this kernel allows no such programs
loadTracing: ${refused('tracepoint')} CAP_BPF and CAP_PERFMON; or this kernel allows no such programs
openMapById: ERR_SYSTEM bpf(BPF_MAP_GET_FD_BY_ID) map 1: EPERM, needs CAP_SYS_ADMIN
openProgramById: ERR_SYSTEM bpf(BPF_PROG_GET_FD_BY_ID) program 1: EPERM, needs CAP_SYS_ADMIN
mapIds: ERR_SYSTEM bpf(BPF_MAP_GET_NEXT_ID) maps: EPERM, needs CAP_SYS_ADMIN
attachTracepoint: ERR_SYSTEM perf_event_open tracepoint '1': EACCES, needs CAP_PERFMON
attachUprobe: ERR_SYSTEM perf_event_open uprobe ${process.execPath}+0x0: EACCES, needs CAP_PERFMON
`

/** The types, and the capability that each wants beside CAP_BPF. */
const WANTED = [
  ['socket_filter', undefined],
  ['cgroup_skb', undefined],
  ['sk_reuseport', undefined],
  ['kprobe', 'perfmon'],
  ['tracepoint', 'perfmon'],
  ['raw_tracepoint', 'perfmon'],
  ['perf_event', 'perfmon'],
  ['xdp', 'net_admin'],
  ['sched_cls', 'net_admin'],
  ['sk_msg', 'net_admin'],
] as const

describe('without privileges', { skip: NO_BPF }, () => {
  test('every call says which is missing', () => {
    using program = loadProgram({
      type: 'raw_tracepoint',
      program: new ProgramBuilder().mov(r0, 0).exit().build(),
    })
    const { stdout, stderr } = spawnSync(process.execPath, [unprivileged], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', program.fd],
    })
    assert.equal(stdout, EXPECTED.trimStart(), stderr)
  })

  for (const extra of ['perfmon', 'net_admin'] as const) {
    test(`CAP_BPF and CAP_${extra.toUpperCase()} load what is said of them, and nothing else`, () => {
      const kernel = import.meta.resolve('bpf-ringbuf/kernel')
      const bytecode = import.meta.resolve('bpf-ringbuf/bytecode')
      const types = WANTED.map(([type]) => type)
      const script = `const { loadProgram } = await import('${kernel}')
        const { ProgramBuilder, r0 } = await import('${bytecode}')
        const program = new ProgramBuilder().mov(r0, 0).exit().build()
        console.log(JSON.stringify(${JSON.stringify(types)}.map((type) => {
          try { loadProgram({ type, program }).close(); return '' } catch (error) { return error.message }
        })))`
      const { stdout, stderr } = spawnSync(
        'setpriv',
        [
          `--bounding-set=-all,+bpf,+${extra}`,
          '--inh-caps=-all',
          process.execPath,
          '--input-type=module',
          '-e',
          script,
        ],
        { encoding: 'utf8' },
      )
      const messages = JSON.parse(stdout || JSON.stringify([stderr])) as string[]
      assert.equal(messages.length, WANTED.length, stderr)
      for (const [i, [type, wanted]] of WANTED.entries()) {
        if (wanted === undefined || wanted === extra) assert.equal(messages[i], '', type)
        else assert.match(messages[i] as string, new RegExp(`needs CAP_BPF and CAP_${wanted.toUpperCase()};`))
      }
    })
  }
})
