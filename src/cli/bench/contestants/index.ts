/**
 * All who can be measured. Every one is a file of its own, which is loaded where it is needed: threads start sooner
 * without the others.
 */
import type { Contestant } from '../contestant.js'

const LOADERS: Readonly<Record<string, () => Promise<Contestant>>> = {
  ring: async () => (await import('./ring.js')).ring,
  'ring-batch': async () => (await import('./ring-batch.js')).ringBatch,
  'ring-output': async () => (await import('./ring-output.js')).ringOutput,
  'ring-async': async () => (await import('./ring-async.js')).ringAsync,
  'ring-busy': async () => (await import('./ring-busy.js')).ringBusy,
  mapped: async () => (await import('./mapped.js')).mapped,
  kernel: async () => (await import('./kernel.js')).kernel,
  postMessage: async () => (await import('./post-message.js')).postMessage,
  'postMessage-batch': async () => (await import('./post-message-batch.js')).postMessageBatch,
  receiveMessage: async () => (await import('./receive-message.js')).receiveMessage,
  BroadcastChannel: async () => (await import('./broadcast.js')).broadcast,
  'process.send': async () => (await import('./process-send.js')).processSend,
  pipe: async () => (await import('./pipe.js')).pipe,
  'pipe-batch': async () => (await import('./pipe.js')).pipeBatch,
}

export const CONTESTANT_NAMES: readonly string[] = Object.keys(LOADERS)

export async function loadContestant(name: string): Promise<Contestant> {
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined
  if (!load) throw new Error(`there is no contestant ${name}`)
  return load()
}
