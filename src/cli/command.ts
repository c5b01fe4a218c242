import type { Writable } from 'node:stream'

/** A verb of the `ringbuf` command. */
export interface Command {
  readonly name: string
  /** One line, for the list of verbs. */
  readonly summary: string
  readonly operands: readonly Argument[]
  readonly options: readonly Argument[]
  /**
   * Does the work and answers the exit code.
   *
   * @throws CommandError for what the user can put right; its message is shown without a stack.
   */
  run(context: Context): Promise<number>
}

/** An operand or an option, written as commander does: `[path]`, `--workers <n>`, `--json`. */
export interface Argument {
  readonly flags: string
  readonly summary: string
}

/** A stream to write to, and whether it is a terminal. */
export type Output = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
}

/** Everything of the outside world that a command may use. Tests inject their own. */
export interface Context {
  /** Results go here, and nothing else does. */
  readonly stdout: Output
  /** Progress, warnings and errors. */
  readonly stderr: Output
  /** Milliseconds that only grow. */
  now(): number
  /** Aborted by what ends a command from outside; the reason is an EndSignal. */
  readonly interrupted: AbortSignal
  readonly operands: readonly (string | undefined)[]
  readonly options: Readonly<Record<string, OptionValue>>
}

/** As the user gave it: text, texts where it takes several, true where it takes none. By its long name. */
export type OptionValue = string | readonly string[] | boolean | undefined

export const EXIT_OK = 0
export const EXIT_FAILURE = 1
export const EXIT_USAGE = 2

/** An error whose message is all that the user needs. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What the user asked for cannot be: exit code 2. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, EXIT_USAGE)
  }
}

/** What the user asked for could not be done: exit code 1. */
export class Failure extends CommandError {
  constructor(message: string) {
    super(message, EXIT_FAILURE)
  }
}
