/**
 * Opens many of a thing, closes them, and looks what is left.
 *
 *   warm up │ weigh │ open all │ weigh │ close all │ weigh │ the same three times │ weigh │ twice more │ weigh
 *
 * The figure is what one cycle leaves behind. An allocator keeps pages for the next time, and it takes a few cycles until
 * it has enough of them; what further cycles add after that is a leak.
 */
import type { Measured } from '../contestant.js'
import { type Sample, sample } from './sample.js'

export interface FootprintMeasurement {
  readonly kind: 'footprint'
  readonly count: number
  /** Opens one; answers how to give it up. */
  open(): () => void
}

const WARM_UP = 3
const SETTLING_CYCLES = 3
const MORE_CYCLES = 2

export async function measureFootprint({ count, open }: FootprintMeasurement): Promise<Measured> {
  for (let i = 0; i < WARM_UP; i++) open()()
  const before = await sample()
  const [opened, after] = await cycle(count, open)
  const settled = await repeat(SETTLING_CYCLES, after)
  const last = await repeat(MORE_CYCLES, settled)
  return {
    value: Math.max(0, after.rss - before.rss),
    pinned: true,
    extra: {
      rssBytes: Math.round((opened.rss - before.rss) / count),
      heapBytes: Math.round((opened.heap - before.heap) / count),
      againBytes: last.rss - settled.rss,
      handlesLeft: last.handles + last.descriptors - before.handles - before.descriptors,
    },
  }

  async function repeat(cycles: number, from: Sample): Promise<Sample> {
    let closed = from
    for (let i = 0; i < cycles; i++) [, closed] = await cycle(count, open)
    return closed
  }
}

/** What the process holds with all of them open, and then with all of them closed. */
async function cycle(count: number, open: () => () => void): Promise<[Sample, Sample]> {
  const closes = Array.from({ length: count }, open)
  const opened = await sample()
  for (const close of closes) close()
  closes.length = 0
  return [opened, await sample()]
}
