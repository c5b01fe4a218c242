/** Who takes part in the suite `payloads`. */
import type { Contestant, NativeMeasurement } from '../../contestant.js'
import { whyNotNative } from '../../native.js'
import { READ_BYTES, TEXT_LENGTHS } from '../../payloads/cases.js'
import { STRUCT_BYTES } from '../../payloads/struct.js'

import { READ_CONTESTANTS } from './reads.js'
import { STRUCT_CONTESTANTS } from './structs.js'
import { TEXT_CONTESTANTS } from './texts.js'

function ours(name: string, about: string, cases: Contestant['cases']): Contestant {
  return { name, about, absent: () => null, cases }
}

const plainC = (bytes: number): NativeMeasurement => ({
  kind: 'native',
  program: 'c_kernel',
  measurement: 'hand-off',
  settings: { bytes, paced: 1 },
})

/** In C text is bytes, whatever they mean; of several scripts they would be some more. */
const cBytes: Contestant = {
  name: 'c-bytes',
  about: "the kernel's algorithm in C: bytes, copied in, the number in front checked; paced",
  absent: () => whyNotNative('c_kernel'),
  cases: Object.fromEntries([
    ...TEXT_LENGTHS.map((length) => [`text-ascii-${length}`, plainC(length)]),
    ...READ_BYTES.map((bytes) => [`read-${bytes}B`, plainC(bytes)]),
  ]),
}

const cStruct: Contestant = {
  name: 'c-struct',
  about: "the kernel's algorithm in C: a struct, written in place, every field checked; paced",
  absent: () => whyNotNative('c_struct'),
  cases: {
    'struct-56B': {
      kind: 'native',
      program: 'c_struct',
      measurement: 'hand-off',
      settings: { bytes: STRUCT_BYTES, paced: 1 },
    },
  },
}

export const contestants: readonly Contestant[] = [
  ...Object.entries(TEXT_CONTESTANTS).map(([name, { about, cases }]) => ours(name, about, cases)),
  ...Object.entries(STRUCT_CONTESTANTS).map(([name, { about, measurement }]) =>
    ours(name, about, { 'struct-56B': measurement }),
  ),
  ...Object.entries(READ_CONTESTANTS).map(([name, { about, cases }]) => ours(name, about, cases)),
  cBytes,
  cStruct,
]
