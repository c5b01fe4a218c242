/** What a plug-in may or may not have. Cases say what they need. */
export const CAPABILITIES = {
  start: 'positions can begin anywhere: the third number of `create`',
  wakeups: 'a commit tells whether it woke a consumer that sleeps',
  readable: 'one can ask whether poll(2) would call the ring readable',
  positions: 'consumer and producer position can be read where they lie in memory',
  headers: 'headers can be read where they lie in memory',
  data: 'the data can be read as it lies in memory',
  mirror: 'the data is mapped twice: what stands at its start stands behind its end as well',
  'stale-bytes': 'reserve leaves in a payload what stood there before',
  'pending-position': 'the pending position can be read, and what it has not passed is not written to',
  'move-consumer': 'the consumer position can be set by hand',
  overwrite: 'overwrite mode: BPF_F_RB_OVERWRITE',
  map: 'the ring is a BPF map of Linux',
  mapping: 'the ring can be mapped, with permissions that the kernel guards',
  verifier: 'programs that use the ring are verified before they run',
  'user-ring': 'there is a ring in the other direction: BPF_MAP_TYPE_USER_RINGBUF',
} as const

export type Capability = keyof typeof CAPABILITIES

export function isCapability(word: string): word is Capability {
  return Object.hasOwn(CAPABILITIES, word)
}
