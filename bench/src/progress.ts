/** How far a long measurement is, on stderr: a bar on a terminal, a line for each round anywhere else. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** What comes now: `core, round 2 of 7`. */
  stage(name: string): void
  /** Work that was planned to take so long is done. */
  done(plannedSeconds: number): void
  /** A line that stays. */
  say(line: string): void
  stop(): void
}

/**
 * Time that is left, by what was planned and how well it was kept to.
 *
 * Plans do not know how long processes take to start on this machine; the first runs tell.
 */
export class Estimate {
  readonly #plannedSeconds: number
  readonly #now: () => number
  readonly #startMs: number
  #doneSeconds = 0

  constructor(plannedSeconds: number, now: () => number = () => performance.now()) {
    this.#plannedSeconds = plannedSeconds
    this.#now = now
    this.#startMs = now()
  }

  done(plannedSeconds: number): void {
    this.#doneSeconds += plannedSeconds
  }

  /** From 0 to 1. Rounds that nobody planned do not go beyond. */
  get share(): number {
    return this.#plannedSeconds === 0 ? 1 : Math.min(1, this.#doneSeconds / this.#plannedSeconds)
  }

  get leftSeconds(): number {
    const left = Math.max(0, this.#plannedSeconds - this.#doneSeconds)
    const elapsed = (this.#now() - this.#startMs) / 1e3
    return this.#doneSeconds === 0 ? left : (left * elapsed) / this.#doneSeconds
  }
}

/** `45 s left`, `12 min left`, `1 h 5 min left` */
export function formatLeft(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (minutes < 2) return `${Math.round(seconds)} s left`
  if (minutes < 60) return `${minutes} min left`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
}

export function openProgress(plannedSeconds: number, stream = process.stderr): Progress {
  const estimate = new Estimate(plannedSeconds)
  return stream.isTTY ? barProgress(estimate, stream) : lineProgress(estimate, stream)
}

const BAR_STEPS = 1000

function barProgress(estimate: Estimate, stream: NodeJS.WriteStream): Progress {
  const bar = new SingleBar({
    stream,
    format: '{bar} {percentage} %  {left}  {stage}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
  })
  let stage = ''
  const show = () =>
    bar.update(Math.floor(estimate.share * BAR_STEPS), { stage, left: formatLeft(estimate.leftSeconds) })
  bar.start(BAR_STEPS, 0, { stage, left: formatLeft(estimate.leftSeconds) })
  return {
    stage(name) {
      stage = name
      show()
    },
    done(plannedSeconds) {
      estimate.done(plannedSeconds)
      show()
    },
    say(line) {
      // The bar is drawn anew below the line.
      stream.write(`\r\x1b[K${line}\n`)
      show()
    },
    stop: () => bar.stop(),
  }
}

function lineProgress(estimate: Estimate, stream: NodeJS.WriteStream): Progress {
  return {
    stage: (name) => stream.write(`${name}; ${formatLeft(estimate.leftSeconds)}\n`),
    done: (plannedSeconds) => estimate.done(plannedSeconds),
    say: (line) => stream.write(`${line}\n`),
    stop() {},
  }
}
