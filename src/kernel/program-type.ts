/** Types of programs, by the names that bpftool gives them; the numbers are the kernel's. */
export const PROGRAM_TYPES = {
  socket_filter: 1,
  kprobe: 2,
  sched_cls: 3,
  sched_act: 4,
  tracepoint: 5,
  xdp: 6,
  perf_event: 7,
  cgroup_skb: 8,
  cgroup_sock: 9,
  lwt_in: 10,
  lwt_out: 11,
  lwt_xmit: 12,
  sock_ops: 13,
  sk_skb: 14,
  cgroup_device: 15,
  sk_msg: 16,
  raw_tracepoint: 17,
  cgroup_sock_addr: 18,
  lwt_seg6local: 19,
  lirc_mode2: 20,
  sk_reuseport: 21,
  flow_dissector: 22,
  cgroup_sysctl: 23,
  raw_tracepoint_writable: 24,
  cgroup_sockopt: 25,
  tracing: 26,
  struct_ops: 27,
  ext: 28,
  lsm: 29,
  sk_lookup: 30,
  syscall: 31,
  netfilter: 32,
} as const

export type ProgramType = keyof typeof PROGRAM_TYPES

/** Types that CAP_BPF alone suffices to load; and those that want CAP_PERFMON, because they see the kernel's memory. */
const PLAIN: readonly ProgramType[] = ['socket_filter', 'cgroup_skb', 'sk_reuseport', 'sk_lookup', 'syscall']
const TRACING: readonly ProgramType[] = [
  'kprobe',
  'tracepoint',
  'perf_event',
  'raw_tracepoint',
  'raw_tracepoint_writable',
  'tracing',
  'struct_ops',
  'lsm',
  'ext',
]

/** What a process needs to load a program of this type, in words; all others see the network. */
export function capabilitiesOf(type: ProgramType): string {
  if (PLAIN.includes(type)) return 'CAP_BPF'
  if (type === 'ext') return 'CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN'
  return TRACING.includes(type) ? 'CAP_BPF and CAP_PERFMON' : 'CAP_BPF and CAP_NET_ADMIN'
}

/** The name of a type, or its number where the kernel is newer than this table. */
export function programTypeName(number: number): ProgramType | `type ${number}` {
  const found = Object.entries(PROGRAM_TYPES).find(([, value]) => value === number)
  return found ? (found[0] as ProgramType) : `type ${number}`
}
