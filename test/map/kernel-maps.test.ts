/** The maps of the kernel keep the contract: they are its judge. */
import { createMap } from 'bpf-ringbuf/kernel'
import { possibleCpus } from '#dist/kernel/possible-cpus.js'
import { door, NO_BPF } from '../system/support/door.js'
import { mapContract } from './contract/index.js'

mapContract(
  { name: 'kernel', processors: NO_BPF ? 1 : possibleCpus(door), create: createMap },
  { skip: NO_BPF },
)
