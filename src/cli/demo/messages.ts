import type { RingHandle } from 'bpf-ringbuf'
import type { BytePath } from './byte-path.js'
import type { Listing } from './list-directory.js'

/**
 * What the main thread and its workers say to each other about who does what. The files themselves, what
 * all this is for, go through the ring.
 */

/** What a worker starts with. */
export interface WorkerData {
  readonly handle: RingHandle
  /** From 0. */
  readonly worker: number
  /** Orders name paths below this one. */
  readonly root: BytePath
}

/** From the main thread to a worker. Each but `end` is answered once. */
export type Order =
  | { readonly kind: 'list'; readonly directory: BytePath }
  | { readonly kind: 'hash'; readonly directory: BytePath; readonly names: readonly BytePath[] }
  | { readonly kind: 'end' }

/** From a worker to the main thread: an order is done. */
export interface Answer {
  readonly account: Account
  /** Of a directory; of one that could not be read there is none. */
  readonly listing?: Listing & { readonly directory: BytePath }
  /** What could not be read and why, for people. Not all of it. */
  readonly problems: readonly string[]
}

/** What a worker has done so far, counted by itself. */
export interface Account {
  submitted: number
  bytes: number
  /** Files that could not be read. */
  discarded: number
  /** Reservations that found the ring full. Each was tried again. */
  failedReservations: number
  directories: number
  unreadableDirectories: number
  symlinks: number
  special: number
}

export function newAccount(): Account {
  return {
    submitted: 0,
    bytes: 0,
    discarded: 0,
    failedReservations: 0,
    directories: 0,
    unreadableDirectories: 0,
    symlinks: 0,
    special: 0,
  }
}
