import { Command, InvalidArgumentError } from 'commander'
import { PLUGINS } from './plugins.js'

export interface Options {
  readonly plugin: readonly string[]
  readonly all: boolean
  readonly only: string
  readonly list: boolean
  readonly writeCoverage: boolean
  readonly random: number | undefined
  readonly judge: string
  readonly seed: number
  readonly timeLimit: number
  readonly json: boolean
}

export function readOptions(): Options {
  const names = Object.keys(PLUGINS).join(', ')
  const others: readonly string[] = []
  return new Command('conformance')
    .description('Tries cases on rings, each a plug-in.')
    .option('--plugin <command>', `one of ${names}, or any command; may be repeated`, collect, others)
    .option('--all', 'all plug-ins of this repository that run here; all of them, where CI is set', false)
    .option('--only <text>', 'cases with this in their title, file or requirements', '')
    .option('--list', 'print the cases, and run none', false)
    .option('--write-coverage', 'write conformance/COVERAGE.md, and run none', false)
    .option('--random <n>', 'instead of cases, so many random operations, judged by another', wholeNumber)
    .option('--judge <command>', 'the plug-in whose answers to them are right', 'kernel')
    .option('--seed <n>', 'what they are drawn from', wholeNumber, Date.now() % 2 ** 31)
    .option('--time-limit <ms>', 'how long an answer may take', wholeNumber, 10_000)
    .option('--json', 'end in one line of JSON', false)
    .parse()
    .opts<Options>()
}

function collect(one: string, others: readonly string[]): readonly string[] {
  return [...others, one]
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('must be a whole number above 0')
}
