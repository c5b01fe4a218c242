/** Programs in processes and threads of their own, with the door in scope. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'

const NAMES = [
  `import { loadSystem } from ${at('load-system')};`,
  `import { Descriptor } from ${at('descriptor')};`,
  `import { mapAnonymous, mapFile } from ${at('map')};`,
  `import { Watch } from ${at('watch')};`,
].join('')

function at(name: string): string {
  return JSON.stringify(import.meta.resolve(`#dist/system/${name}.js`))
}

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
  readonly errors: string
}

/** A program that runs, and talks by lines. */
export class Program {
  readonly child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #end: Promise<ProgramEnd>

  /** @param descriptors become 3 and up there */
  constructor(text: string, descriptors: readonly number[] = [], flags: readonly string[] = []) {
    const stdio = ['pipe', 'pipe', 'pipe', ...descriptors] as const
    this.child = spawn(process.execPath, [...flags, '--input-type=module', '-e', NAMES + text], {
      stdio: [...stdio],
    })
    let output = ''
    let errors = ''
    this.child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    this.child.stderr?.on('data', (chunk) => {
      errors += chunk
    })
    this.#lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]()
    this.#end = once(this.child, 'close').then(([code, signal]) => ({ code, signal, output, errors }))
  }

  get pid(): number {
    return this.child.pid as number
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (!done) return value
    throw new Error(`the program has ended: ${JSON.stringify(await this.end())}`)
  }

  end(): Promise<ProgramEnd> {
    return this.#end
  }
}

/** Runs a program to its end. */
export function runProgram(text: string, flags: readonly string[] = []): Promise<ProgramEnd> {
  return new Program(text, [], flags).end()
}

/** A worker that runs a program, with `parentPort` in scope. */
export function startWorker(text: string): Worker {
  const program = `${NAMES}import { parentPort } from 'node:worker_threads';${text}`
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`))
}
