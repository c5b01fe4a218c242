/** How the figures can mislead: what is true of all of them, and what the results themselves add. */
import type { KeptSuite } from './kept-suite.js'
import { findLosses } from './losses.js'

export function misleading(suites: readonly KeptSuite[]): string {
  const cores = Math.min(...suites.map(({ machine }) => machine.cores))
  const lost = findLosses(suites)
  return [
    ...(cores < 4
      ? [
          `- **${cores} cpus.** Whatever has more threads than that measures the scheduler too: "eight producers" here is ` +
            'about contention, and says nothing about eight cores.',
        ]
      : []),
    '- **A virtual machine.** Its cpus are moved about and taken away. Each run is probed before and after, and only runs of ' +
      'one kind are compared; but cpus that stand elsewhere change ratios as well as figures, and so does another machine.',
    '- **Handing over, not reading.** The consumer looks at the length and the first bytes of each record. A real one reads ' +
      'them all, does something, and is slower; then the ring is rarely what decides.',
    '- **Consumers poll.** Most throughput is of consumers that never sleep. Polling without pause is the slow way, because it ' +
      'takes away the lines that the producer writes: so the kernel and C are there twice, and what compares with us is the ' +
      'one that pauses (`-paced`). A ratio against the other is mostly a ratio of ways of polling.',
    "- **The kernel's figures** contain the loop of a BPF program and `BPF_PROG_TEST_RUN`; what finds no room is dropped there, " +
      'where ours makes the producer try again.',
    '- **Loops are hot.** One size, one call site, nothing else to do: V8 compiles what it sees here better than what it sees ' +
      'in a program that does many things.',
    lost.length === 0
      ? '- **Who measures chooses the cases.** All that were measured are below.'
      : `- **Who measures chooses the cases.** All that were measured are below, and [those that we lose](#the-cases-we-lose) ` +
        'have a section of their own.',
  ].join('\n')
}
