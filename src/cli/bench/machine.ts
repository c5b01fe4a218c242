import { arch, availableParallelism, cpus, release, type } from 'node:os'

/** What the figures were measured on. Without it they mean little. */
export interface Machine {
  readonly cpu: string
  /** Processors that this process may use. */
  readonly cpus: number
  readonly system: string
  readonly node: string
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    cpus: availableParallelism(),
    system: `${type()} ${release()} ${arch()}`,
    node: process.version,
  }
}
