/** What is measured. A case says what is done; who does it are contestants. */

/**
 *   flood    records follow each other as fast as they go in; the figure is million records a second
 *   lonely   one record, then a pause in which the consumer falls asleep; the figure is how long it takes to arrive
 *   steady   records at a rate that everybody can bear; the figure is the same
 */
export type Pace = 'flood' | 'lonely' | 'steady'

export interface Case {
  readonly name: string
  readonly pace: Pace
  readonly producers: number
  /** Of each record. */
  readonly bytes: number
  /** Who takes part, by name, in the order of the report. */
  readonly contestants: readonly string[]
  /** Whose figure the others are set against. */
  readonly yardstick: string
}

/** Records a second of the pace `steady`. */
export const STEADY_RATE = 10_000

export const DEFAULT_BYTES = 64
export const DEFAULT_PRODUCERS = 4
const LARGE_BYTES = 1024

/**
 * All cases. `bytes` holds for all of them, so whoever asks for a size needs no case for large records.
 *
 * @param bytes of each record; undefined: the usual ones
 * @param producers of the case that has several
 */
export function casesFor(bytes: number | undefined, producers: number): readonly Case[] {
  const usual = {
    pace: 'flood',
    producers: 1,
    bytes: bytes ?? DEFAULT_BYTES,
    yardstick: 'postMessage',
  } as const
  const cases: readonly Case[] = [
    {
      ...usual,
      name: 'single',
      contestants: [
        'ring',
        'ring-batch',
        'ring-output',
        'kernel',
        'postMessage',
        'postMessage-batch',
        'receiveMessage',
        'BroadcastChannel',
      ],
    },
    { ...usual, name: 'many', producers, contestants: ['ring', 'ring-batch', 'kernel', 'postMessage'] },
    {
      ...usual,
      name: 'large',
      bytes: LARGE_BYTES,
      contestants: ['ring', 'ring-batch', 'ring-output', 'kernel', 'postMessage', 'postMessage-batch'],
    },
    {
      ...usual,
      name: 'process',
      contestants: ['mapped', 'process.send', 'pipe', 'pipe-batch'],
      yardstick: 'process.send',
    },
    {
      ...usual,
      name: 'wake-up',
      pace: 'lonely',
      contestants: [
        'ring',
        'ring-busy',
        'ring-async',
        'mapped',
        'kernel',
        'postMessage',
        'process.send',
        'pipe',
      ],
    },
    {
      ...usual,
      name: 'steady',
      pace: 'steady',
      contestants: ['ring', 'ring-busy', 'ring-async', 'mapped', 'postMessage'],
    },
  ]
  return bytes === undefined ? cases : cases.filter(({ name }) => name !== 'large')
}
