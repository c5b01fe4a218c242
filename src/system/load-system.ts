/** Opens the door: by what the runtime has built in, else by koffi. */
import { RingbufError } from '../abi/error.js'
import type { Backend, BackendName } from './backend.js'
import { bunBackend } from './backend-bun.js'
import { denoBackend } from './backend-deno.js'
import { koffiBackend } from './backend-koffi.js'
import { nodeBackend } from './backend-node.js'
import { fileCalls } from './calls-files.js'
import { memoryCalls } from './calls-memory.js'
import { processCalls } from './calls-processes.js'
import { waitCalls } from './calls-waits.js'
import { KernelCalls } from './kernel-calls.js'
import { ARCHITECTURES, type CallNumbers, callNumbers } from './numbers.js'
import { pageBytes } from './page-size.js'
import { type Runtime, thisRuntime } from './runtime.js'
import type { System } from './system.js'

const BACKENDS: Readonly<Record<BackendName, () => Backend>> = {
  koffi: koffiBackend,
  'node:ffi': nodeBackend,
  'bun:ffi': bunBackend,
  'Deno.dlopen': denoBackend,
}

const CHOICE: Readonly<Record<Runtime['kind'], readonly BackendName[]>> = {
  node: ['node:ffi', 'koffi'],
  bun: ['bun:ffi', 'koffi'],
  deno: ['Deno.dlopen', 'koffi'],
  other: [],
}

const loaded = new Map<BackendName, System>()

/**
 * The operating system, as this thread calls it. Loaded at the first call, and once.
 *
 * @param only a backend to take instead of the runtime's choice
 * @throws RingbufError ERR_NOT_SUPPORTED with the reason, and what to install
 */
export function loadSystem({ only }: { readonly only?: BackendName } = {}): System {
  const runtime = thisRuntime()
  const names = only ? [only] : CHOICE[runtime.kind]
  for (const name of names) {
    const system = loaded.get(name)
    if (system) return system
  }
  const numbers = mustBeLinux(runtime)
  const failures: unknown[] = []
  for (const name of names) {
    try {
      const system = openDoor(BACKENDS[name](), numbers, runtime.architecture)
      loaded.set(name, system)
      return system
    } catch (error) {
      failures.push(error)
    }
  }
  throw notSupported(
    runtime,
    `${runtime.name} cannot call the operating system${advice(runtime, failures)}`,
    failures.map((error, i) => `${names[i]}: ${firstLine(error)}`).join('; '),
  )
}

function openDoor(backend: Backend, numbers: CallNumbers, architecture: string): System {
  const kernel = new KernelCalls(backend, numbers, architecture)
  const files = fileCalls(kernel)
  return {
    backend: backend.name,
    pageBytes: pageBytes(files),
    watchReadable: backend.watchReadable,
    ...files,
    ...memoryCalls(kernel),
    ...waitCalls(kernel),
    ...processCalls(kernel),
  }
}

function mustBeLinux(runtime: Runtime): CallNumbers {
  const { name, platform, architecture } = runtime
  if (platform !== 'linux') {
    throw notSupported(runtime, `this needs Linux, and ${name} runs on ${platform}`)
  }
  const numbers = callNumbers(architecture)
  if (!numbers) {
    throw notSupported(
      runtime,
      `this needs one of the processors ${ARCHITECTURES.join(', ')}, and this is ${architecture}`,
    )
  }
  return numbers
}

function advice({ kind }: Runtime, failures: readonly unknown[]): string {
  // Codes of Node's own: its FFI and its addons are there, but not allowed.
  const codes = failures.map((error) => String((error as { readonly code?: unknown }).code)).join(' ')
  if (/ACCESS_DENIED/.test(codes)) return ': run it with --allow-ffi'
  if (/DLOPEN_DISABLED/.test(codes)) return ': run it without --no-addons, or with --allow-addons'
  if (kind === 'node') return ': `npm install koffi`, or take Node 26.1 or newer'
  if (kind === 'deno') return ': run it with --allow-ffi'
  return ''
}

function notSupported(
  { platform, architecture, name }: Runtime,
  message: string,
  reasons = '',
): RingbufError {
  return new RingbufError('ERR_NOT_SUPPORTED', `${message}${reasons && ` (${reasons})`}`, {
    runtime: name,
    platform,
    architecture,
    reasons,
  })
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string
}
