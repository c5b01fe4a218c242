/** A plug-in as a process: one line to it, one line from it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { type Capability, isCapability } from './capabilities.js'

export const PROTOCOL_VERSION = 1
/** Characters of the longest line, and of all that one can say before it is asked: far more than any answer has. */
const LINE_MOST = 2 ** 23
/** So many times as long as any other answer the first may take: programs have to be loaded, and begin slowly. */
const START_PATIENCE = 10
/** Of what it writes to its standard error, the end is kept. */
const COMPLAINT_MOST = 2000

/** It hangs, died, or answers what nobody can understand. */
export class PluginError extends Error {}

export class Plugin {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #limitMs: number
  readonly #lines: string[] = []
  /** Of a line, what has come so far. */
  #begun = ''
  #ended: string | undefined
  #complaint = ''
  /** Called when there is something new to look at. */
  #news: () => void = () => {}

  private constructor(command: readonly string[], limitMs: number) {
    const [program = '', ...parameters] = command
    this.#limitMs = limitMs
    this.#child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stdout.setEncoding('latin1').on('data', (text: string) => this.#hear(text))
    this.#child.stderr.on('data', (data) => {
      this.#complaint = `${this.#complaint}${data}`.slice(-COMPLAINT_MOST)
    })
    // Writing to one that is gone: that it is gone is told by 'close'.
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', (error) => this.#end(`cannot be started: ${error.message}`))
    // After all that it wrote was read.
    this.#child.on('close', (code, signal) => this.#end(`ended, with ${signal ?? `code ${code}`}`))
  }

  /** @throws PluginError when it does not answer, or speaks another version */
  static async start(
    command: readonly string[],
    limitMs: number,
  ): Promise<{ plugin: Plugin; name: string; has: ReadonlySet<Capability> }> {
    const plugin = new Plugin(command, limitMs)
    try {
      const answer = await plugin.ask(`hello ${PROTOCOL_VERSION}`, START_PATIENCE * limitMs)
      const [hello, version, name, ...words] = answer.split(' ')
      if (hello !== 'hello' || version !== `${PROTOCOL_VERSION}` || !name) {
        throw new PluginError(`answers hello ${PROTOCOL_VERSION} with: ${answer}`)
      }
      const unknown = words.find((word) => !isCapability(word))
      if (unknown !== undefined) throw new PluginError(`has a capability that nobody knows: ${unknown}`)
      return { plugin, name, has: new Set(words.filter(isCapability)) }
    } catch (error) {
      plugin.stop()
      throw error
    }
  }

  /** @throws PluginError */
  async ask(request: string, limitMs = this.#limitMs): Promise<string> {
    if (this.#lines.length > 0) throw this.#error(`said more than it was asked: ${this.#lines[0]}`)
    this.#child.stdin.write(`${request}\n`)
    return await this.#nextLine(limitMs)
  }

  stop(): void {
    this.#child.kill('SIGKILL')
    // Whatever it has started itself may hold the other ends, and nobody waits for that.
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy()
  }

  #hear(text: string): void {
    const [first = '', ...others] = text.split('\n')
    const pieces = [this.#begun + first, ...others]
    this.#begun = pieces.pop() as string
    this.#lines.push(...pieces)
    if (this.#begun.length > LINE_MOST || this.#lines.length > LINE_MOST) {
      this.stop()
      this.#end('does not stop talking')
    }
    this.#news()
  }

  #nextLine(limitMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const line = this.#lines.shift()
        if (line === undefined && this.#ended === undefined) return
        clearTimeout(timer)
        this.#news = () => {}
        if (line !== undefined) resolve(line)
        else reject(this.#error(this.#ended as string))
      }
      const timer = setTimeout(() => {
        this.#news = () => {}
        reject(this.#error(`has not answered for ${limitMs / 1000} s`))
      }, limitMs)
      this.#news = settle
      settle()
    })
  }

  #end(how: string): void {
    this.#ended ??= how
    this.#news()
  }

  #error(what: string): PluginError {
    return new PluginError(this.#complaint === '' ? what : `${what}\n${this.#complaint.trimEnd()}`)
  }
}
