import { formatBytes } from 'bpf-ringbuf'
import { SingleBar } from 'cli-progress'
import type { Output } from '../command.js'
import { drawBar } from '../progress-bar.js'
import { formatCount, paintFor } from '../text.js'

/** How far the work is. */
export interface State {
  /** Files that are done with. */
  readonly done: number
  /** Files that are known. Grows, until all directories are listed. */
  readonly found: number
  readonly bytes: number
}

/** Shows how far the work is. */
export interface Progress {
  update(state: State): void
  stop(): void
}

/** Shows nothing: for when the output itself shows how far the work is. */
export const noProgress: Progress = { update() {}, stop() {} }

/** A bar on a terminal, plain lines anywhere else. */
export function openProgress(stream: Output, now: () => number): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream, now)
}

const WIDEST_BAR = 40
/** Columns for what stands beside the bar. */
const TEXT_COLUMNS = 46

function barProgress(stream: Output): Progress {
  const paint = paintFor(stream)
  const bar = new SingleBar({
    stream,
    format: (_options, params, { bytes = 0 }: { bytes?: number }) => {
      const width = Math.max(5, Math.min(WIDEST_BAR, (stream.columns ?? 80) - TEXT_COLUMNS))
      const percent = `${Math.floor(params.progress * 100)}%`.padStart(4)
      const files = `${formatCount(params.value)} of ${formatCount(params.total)} files`
      return `${drawBar(params.progress, width, paint)} ${percent}  ${files}  ${paint('dim', formatBytes(bytes))}`
    },
    hideCursor: true,
    clearOnComplete: true,
    emptyOnZero: true,
  })
  bar.start(0, 0, { bytes: 0 })
  return {
    update({ done, found, bytes }) {
      bar.setTotal(found)
      bar.update(done, { bytes })
    },
    stop: () => bar.stop(),
  }
}

const LINE_EVERY_MS = 1000

function lineProgress(stream: Output, now: () => number): Progress {
  let written = now()
  let latest: State = { done: 0, found: 0, bytes: 0 }
  const write = () => {
    const { done, found, bytes } = latest
    stream.write(`${formatCount(done)} of ${formatCount(found)} files, ${formatBytes(bytes)}\n`)
    written = now()
  }
  return {
    update(state) {
      latest = state
      if (now() - written >= LINE_EVERY_MS) write()
    },
    stop: write,
  }
}
