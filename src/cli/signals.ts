import { constants } from 'node:os'
import { EXIT_FAILURE, type Output } from './command.js'
import { systemReason } from './system-error.js'

/** What ends a command from outside. A reader of stdout that goes away, like `head`, counts as SIGPIPE. */
export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGPIPE'

/** A progress bar switches both off: a process that ends without stopping it must switch them on again. */
const SHOW_CURSOR_AND_WRAP = '\x1b[?25h\x1b[?7h\n'

/** The exit code of a process that a signal ended, as shells count. */
export function exitCodeOf(signal: EndSignal): number {
  return 128 + constants.signals[signal]
}

/** One Ctrl-C may arrive twice: from the terminal, and from the `npm start` around us. */
const SAME_KEY_MS = 300

/** Aborts on the first signal, for an orderly end. The second ends the process at once. */
export function watchSignals(stdout: Output, stderr: Output): AbortSignal {
  const controller = new AbortController()
  let first = Number.POSITIVE_INFINITY
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      first = Math.min(first, performance.now())
      if (performance.now() - first > SAME_KEY_MS) {
        if (stderr.isTTY) stderr.write(SHOW_CURSOR_AND_WRAP)
        process.exit(exitCodeOf(signal))
      }
      controller.abort(signal)
    })
  }
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return controller.abort('SIGPIPE')
    stderr.write(`ringbuf: cannot write: ${systemReason(error)}\n`)
    process.exit(EXIT_FAILURE)
  })
  // Whoever does not listen to progress and complaints still gets the result.
  stderr.on('error', () => {})
  return controller.signal
}
