import { Writable } from 'node:stream'
import type { Output } from '#dist/cli/command.js'
import { runProgram } from '#dist/cli/program.js'

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  text = ''
  readonly isTTY: boolean = false

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line in this process. */
export async function run(...words: string[]): Promise<Answer> {
  const stdout = new Sink()
  const stderr = new Sink()
  const code = await runProgram(words, {
    stdout: stdout satisfies Output,
    stderr,
    now: () => performance.now(),
    interrupted: new AbortController().signal,
  })
  return { code, stdout: stdout.text, stderr: stderr.text }
}
