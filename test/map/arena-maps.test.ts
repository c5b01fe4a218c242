/** The maps of an arena keep the contract that those of the kernel do. */
import { createArena } from 'bpf-ringbuf/map'
import { mapContract } from './contract/index.js'

const USERS = 4
const arena = createArena({ size: '16 MiB', users: USERS })

mapContract({
  name: 'arena',
  processors: USERS,
  lacks: ['user_ringbuf', 'perf_event_array'],
  create: (spec) => arena.create(spec),
})
