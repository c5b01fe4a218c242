/** Rings of every kind, for suites that hold for all of them. */
import {
  attachRing,
  type CreateRingOptions,
  createRing,
  type EngineKind,
  type Ring,
  type RingHandle,
} from 'bpf-ringbuf'
import { createMappedRing, type MappedRingHandle, openMappedRing } from 'bpf-ringbuf/mapped'
import type { Build } from './builds.js'

/** What is sent to another thread, of whatever kind the ring is. */
export type AnyHandle = RingHandle | MappedRingHandle

/**
 * A new ring of a build. Those in files are without owners, like all others by default: what is different with owners, and
 * in recoverable rings, has suites of its own.
 */
export function makeRing(
  { engine, reservations, where }: Build,
  options: Partial<CreateRingOptions> = {},
): AnyRing {
  if (where === undefined) return createRing({ size: 4096, engine, reservations, ...options })
  return createMappedRing({ size: 4096, engine, owners: false, ...options })
}

/** The same ring, in another thread or once more in this one. */
export function joinRing(handle: AnyHandle, options: { readonly engine?: EngineKind } = {}): AnyRing {
  return handle.type === 'bpf-ringbuf' ? attachRing(handle, options) : openMappedRing(handle, options)
}

/** Where in its memory a ring begins. */
export function addressOf({ handle }: AnyRing): number {
  return handle.type === 'bpf-ringbuf' ? handle.address : 0
}

export type AnyRing = Ring<AnyHandle>
