/** What runs this program, as far as the door must know. Nothing of it is imported: browsers have none of it. */

export interface Runtime {
  readonly kind: 'node' | 'bun' | 'deno' | 'other'
  /** With its version, for messages. */
  readonly name: string
  /** As Node names them: `linux`, `x64`. */
  readonly platform: string
  readonly architecture: string
}

interface Host {
  readonly Deno?: { readonly version: { readonly deno: string } }
  readonly process?: {
    readonly platform: string
    readonly arch: string
    readonly execArgv?: readonly string[]
    readonly versions: Readonly<Record<string, string | undefined>>
    readonly getBuiltinModule?: (name: string) => unknown
    on(event: 'exit', listener: () => void): void
    off(event: 'exit', listener: () => void): void
  }
}

const host = globalThis as Host

export function thisRuntime(): Runtime {
  const { Deno, process } = host
  const kind = Deno ? 'deno' : process?.versions['bun'] ? 'bun' : process?.versions['node'] ? 'node' : 'other'
  const version = kind === 'other' ? '' : (Deno?.version.deno ?? process?.versions[kind] ?? '')
  return {
    kind,
    name:
      { node: 'Node', bun: 'Bun', deno: 'Deno', other: 'this runtime' }[kind] + (version && ` ${version}`),
    platform: process?.platform ?? 'unknown',
    architecture: process?.arch ?? 'unknown',
  }
}

/** Whether this is the thread that the process began with. */
export function isMainThread(): boolean {
  return builtin<{ readonly isMainThread: boolean }>('node:worker_threads')?.isMainThread ?? true
}

/** A module that the runtime has built in, or undefined. */
export function builtin<T>(name: string): T | undefined {
  return host.process?.getBuiltinModule?.(name) as T | undefined
}

/** Loads a module that is there only sometimes, from this package's place. Throws what the runtime throws. */
export function requireOptional<T>(name: string): T {
  const module = builtin<{ createRequire(from: string): (name: string) => T }>('node:module')
  if (!module) throw new Error(`there is no way to load ${name}`)
  return module.createRequire(import.meta.url)(name)
}

/**
 * What a worker of ours is to be started with, beside what all threads share: its own file is no text of
 * `node -e`. Arguments are not handed on one by one, because workers refuse those of the process.
 */
export function workerOptions(): { readonly execArgv?: readonly string[] } {
  const ofText = host.process?.execArgv?.some((argument) => argument.startsWith('--input-type'))
  return ofText ? { execArgv: [] } : {}
}

/** Calls back when this thread is about to end, unless it is terminated. Answers how not to. */
export function atExit(callback: () => void): () => void {
  host.process?.on('exit', callback)
  return () => host.process?.off('exit', callback)
}
