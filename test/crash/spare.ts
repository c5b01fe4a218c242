/**
 * Processes that have started already when their turn comes, so that one which is killed is replaced at once. To start
 * one takes a hundred times longer than to recover from its death.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** In such a process: waits for its turn, and answers the number of its life. */
export function awaitTurn(): number {
  process.stdout.write('\n')
  const bytes = Buffer.alloc(16)
  const length = readSync(0, bytes)
  return Number(bytes.toString('latin1', 0, length))
}

/** Processes of one kind, on one ring. */
export class Spares {
  readonly #file: string
  readonly #ring: string
  readonly #waiting: Promise<ChildProcess>[] = []
  readonly #all = new Set<ChildProcess>()
  #started = 0
  #lives = 0

  constructor(what: 'producer' | 'consumer', ring: string, count: number) {
    this.#file = fileURLToPath(new URL(`./${what}.js`, import.meta.url))
    this.#ring = ring
    for (let i = 0; i < count; i++) this.#waiting.push(this.#start())
  }

  /** How many had their turn: they have the numbers below. */
  get lives(): number {
    return this.#lives
  }

  /** It is the turn of the next. */
  async next(): Promise<ChildProcess> {
    const child = await (this.#waiting.shift() as Promise<ChildProcess>)
    this.#waiting.push(this.#start())
    child.stdin?.write(String(this.#lives++))
    return child
  }

  killAll(): void {
    for (const child of this.#all) child.kill('SIGKILL')
  }

  async #start(): Promise<ChildProcess> {
    // Both builds take part. That in JavaScript is slower: more often it is killed with the lock in its hands.
    const engine = this.#started++ % 2 === 0 ? 'wasm' : 'js'
    const child = spawn(process.execPath, [this.#file, this.#ring, engine], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#all.add(child)
    child.once('exit', () => this.#all.delete(child))
    // Whoever is killed may not have read it.
    child.stdin.on('error', () => {})
    await once(child.stdout, 'readable')
    child.stdout.read(1)
    return child
  }
}

/** Kills a process that must still live. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) throw new Error(`a process ended by itself: ${child.exitCode}`)
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
