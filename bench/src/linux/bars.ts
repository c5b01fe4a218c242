/** The goals that the suite `linux` measures itself against. */
import { type Bar, judgeRatio } from '../bars.js'
import type { Result } from '../results.js'
import { KERNEL_BYTES } from './cases.js'

/** A consumer in JavaScript gets so much of what one in C gets. */
const OF_C = 0.9
/** To be in different processes costs no more than a tenth. */
const OF_THREADS = 0.9
/** A socket takes a system call for each message, on both sides. */
const OF_SOCKET = 10

/** Bars of the cases that were measured. */
export function judgeLinux(results: readonly Result[]): readonly Bar[] {
  return [
    ...KERNEL_BYTES.flatMap((bytes) =>
      ['kernel', 'kernel-paced'].flatMap((against) =>
        judgeRatio(results, {
          name: `kernel-throughput-${bytes}B`,
          what: 'ours-kernel',
          against,
          relation: '>=',
          target: OF_C,
        }),
      ),
    ),
    ...judgeRatio(results, {
      name: 'process-64B',
      what: 'mapped-processes',
      against: 'mapped-threads',
      relation: '>=',
      target: OF_THREADS,
    }),
    ...judgeRatio(results, {
      name: 'process-64B',
      what: 'mapped-processes',
      against: 'unix-socket',
      relation: '>=',
      target: OF_SOCKET,
    }),
  ]
}
