import { SingleBar } from 'cli-progress'
import type { Output } from '../command.js'
import { drawBar } from '../progress-bar.js'
import { paintFor } from '../text.js'

/** Shows how far the runs are. */
export interface Progress {
  /** So many runs are done, and this is the next. */
  update(done: number, next: string): void
  stop(): void
}

/** A bar on a terminal, plain lines anywhere else. */
export function openProgress(stream: Output, runs: number, now: () => number): Progress {
  return stream.isTTY ? barProgress(stream, runs) : lineProgress(stream, runs, now)
}

const WIDEST_BAR = 40
/** Columns for what stands beside the bar. */
const TEXT_COLUMNS = 48

function barProgress(stream: Output, runs: number): Progress {
  const paint = paintFor(stream)
  const bar = new SingleBar({
    stream,
    format: (_options, { progress, value, total }, { next = '' }: { next?: string }) => {
      const width = Math.max(5, Math.min(WIDEST_BAR, (stream.columns ?? 80) - TEXT_COLUMNS))
      const percent = `${Math.floor(progress * 100)}%`.padStart(4)
      return `${drawBar(progress, width, paint)} ${percent}  ${value} of ${total} runs  ${paint('dim', next)}`
    },
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(runs, 0)
  return {
    update: (done, next) => bar.update(done, { next }),
    stop: () => bar.stop(),
  }
}

const LINE_EVERY_MS = 2000

function lineProgress(stream: Output, runs: number, now: () => number): Progress {
  let written = now()
  return {
    update(done, next) {
      if (now() - written < LINE_EVERY_MS) return
      stream.write(`${done} of ${runs} runs; ${next}\n`)
      written = now()
    },
    stop() {},
  }
}
