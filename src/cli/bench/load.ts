import { cpus } from 'node:os'

/** Tells how busy other programs keep the machine while something is measured. */
export class LoadMeter {
  #othersMs = 0
  #elapsedMs = 0

  /** How many processors were busy with others, on the average of all that was measured; 0 before. */
  get others(): number {
    return this.#elapsedMs > 0 ? Math.max(0, this.#othersMs / this.#elapsedMs) : 0
  }

  /** Does the work, all of which this process does itself, and sets its processor time against the machine's. */
  async around<T>(work: () => Promise<T>): Promise<T> {
    const before = look()
    try {
      return await work()
    } finally {
      const after = look()
      this.add(after.machineMs - before.machineMs - (after.ownMs - before.ownMs), after.atMs - before.atMs)
    }
  }

  add(othersMs: number, elapsedMs: number): void {
    this.#othersMs += othersMs
    this.#elapsedMs += elapsedMs
  }
}

function look() {
  const { user, system } = process.cpuUsage()
  const busy = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  return {
    atMs: performance.now(),
    ownMs: (user + system) / 1e3,
    machineMs: busy.reduce((sum, ms) => sum + ms, 0),
  }
}
