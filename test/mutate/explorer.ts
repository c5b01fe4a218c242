import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Longer than the explorer takes for one scenario, several times, on a busy machine. */
const LONGEST_MS = 15_000

/** How long all scenarios are looked at: a glance takes a second in all, a look several, a stare a minute. */
export type Effort = 'glance' | 'look' | 'stare'

/** What the explorer is asked, about a fault in a function. */
export interface Question {
  readonly within: string
  readonly effort: Effort
  /** Where an access became plain: no race is allowed there, whatever its name. */
  readonly plainAt?: { readonly module: string; readonly line: number }
}

/** Asks the explorer of test/explore whether any order of steps shows a fault. */
export class Explorer {
  readonly #root: string
  #process: ChildProcess | undefined

  constructor(root: string) {
    this.#root = root
  }

  /** Makes it look at the build as it is, so before there is a fault. */
  async prepare(): Promise<void> {
    if (this.#process) return
    this.#process = fork(join(this.#root, '.build/test/mutate/explorer-process.js'), { stdio: 'ignore' })
    await once(this.#process, 'message')
  }

  /** Which scenario notices the fault that is in the build now, and how; undefined if none does. */
  notice(question: Question): Promise<string | undefined> {
    const child = this.#process
    if (!child) throw new Error('the explorer was not prepared')
    return new Promise((resolve) => {
      const settle = (noticed: string | undefined) => {
        clearTimeout(timer)
        child.removeAllListeners()
        resolve(noticed)
      }
      const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
      child.on('message', (message: 'busy' | { noticed?: string }) => {
        if (message === 'busy') timer.refresh()
        else settle(message.noticed)
      })
      child.on('exit', (code) => {
        this.#process = undefined
        settle(code === null ? 'takes too long' : `exit code ${code}`)
      })
      child.send(question)
    })
  }

  end(): void {
    this.#process?.kill('SIGKILL')
    this.#process = undefined
  }
}
