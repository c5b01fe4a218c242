import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { type Probe, probeHelper, probeMap, probeProgram, probeRingOverwrite } from 'bpf-ringbuf/kernel'
import { NO_BPF } from '../system/support/door.js'
import { tidyTest } from '../system/support/leaks.js'

const supported = { supported: true, reason: '' }

function mustBeRefused({ supported, reason }: Probe, why: RegExp): void {
  assert.equal(supported, false)
  assert.match(reason, why)
}

describe('what the kernel can do', { skip: NO_BPF }, () => {
  for (const type of [
    'ringbuf',
    'user_ringbuf',
    'hash',
    'array',
    'percpu_array',
    'percpu_hash',
    'lru_hash',
    'array_of_maps',
    'hash_of_maps',
    'queue',
    'lpm_trie',
    'stack_trace',
    'bloom_filter',
    'arena',
  ] as const) {
    tidyTest(`maps of type ${type}`, () => assert.deepEqual(probeMap(type), supported))
  }

  for (const type of [
    'socket_filter',
    'xdp',
    'sched_cls',
    'raw_tracepoint',
    'tracepoint',
    'kprobe',
    'cgroup_sock_addr',
    'cgroup_sockopt',
    'sk_lookup',
    'netfilter',
    'syscall',
  ] as const) {
    tidyTest(`programs of type ${type}`, () => assert.deepEqual(probeProgram(type), supported))
  }

  tidyTest('what it cannot it says why', () => {
    mustBeRefused(probeMap('struct_ops'), /^bpf\(BPF_MAP_CREATE\) struct_ops '': E/)
    mustBeRefused(probeMap('task_storage'), /EINVAL, maps of this type want types .*\(BTF\)/)
    mustBeRefused(probeProgram('struct_ops'), /^the kernel refuses the struct_ops program/)
    const overwrite = probeRingOverwrite()
    if (!overwrite.supported) assert.match(overwrite.reason, /need Linux 6\.19/)
  })

  tidyTest('which helpers programs of a type may call', () => {
    for (const helper of [
      'bpf_ringbuf_output',
      'bpf_ringbuf_reserve',
      'bpf_ringbuf_query',
      'bpf_ringbuf_reserve_dynptr',
      'bpf_user_ringbuf_drain',
      'bpf_ktime_get_ns',
    ] as const) {
      assert.deepEqual(probeHelper('xdp', helper), supported, helper)
    }
    assert.deepEqual(probeHelper('syscall', 'bpf_ringbuf_output'), supported)
    assert.deepEqual(probeHelper('netfilter', 'bpf_ringbuf_output'), supported)
    // Packets have no process.
    mustBeRefused(probeHelper('xdp', 'bpf_override_return'), /bpf_override_return/)
    mustBeRefused(probeHelper('socket_filter', 'bpf_xdp_adjust_head'), /bpf_xdp_adjust_head/)
    assert.throws(() => probeHelper('xdp', 'bpf_nothing' as never), { code: 'ERR_INVALID_ARGUMENT' })
  })
})
