/** The processes of the crash test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { MappedRing } from 'bpf-ringbuf/mapped'

/** A process lives so long at most, after it has begun to send. */
export const LIFE_MS = 40

/** Producer processes, of which one is killed now and then, and another takes its place. */
export class Crew {
  readonly #ring: MappedRing
  readonly #children: (ChildProcess | undefined)[]
  #lives = 0

  constructor(ring: MappedRing, producers: number) {
    this.#ring = ring
    this.#children = Array.from({ length: producers }, () => undefined)
  }

  get alive(): number {
    return this.#children.filter(Boolean).length
  }

  async begin(): Promise<void> {
    await Promise.all(this.#children.map((_, index) => this.#start(index)))
  }

  /** Kills a producer that sends, after a random time. */
  async killOne(): Promise<void> {
    await pause((Math.random() * LIFE_MS) / this.#children.length)
    const index = Math.floor(Math.random() * this.#children.length)
    await this.#kill(index)
    await this.#start(index)
  }

  async end(): Promise<void> {
    for (const index of this.#children.keys()) await this.#kill(index)
  }

  killAll(): void {
    for (const child of this.#children) child?.kill('SIGKILL')
  }

  async #kill(index: number): Promise<void> {
    const child = this.#children[index]
    if (child?.exitCode !== null) throw new Error(`producer ${index} ended by itself: ${child?.exitCode}`)
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
    this.#children[index] = undefined
  }

  async #start(index: number): Promise<void> {
    const child = start('producer', this.#ring, index, this.#lives++)
    this.#children[index] = child
    await once(child.stdout as NodeJS.ReadableStream, 'readable')
  }
}

/** Starts a process that opens the ring by its name. */
export function start(what: 'producer' | 'consumer', ring: MappedRing, ...words: number[]): ChildProcess {
  const file = fileURLToPath(new URL(`./${what}.js`, import.meta.url))
  return spawn(process.execPath, [file, ring.path as string, ...words.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
