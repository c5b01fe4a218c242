/**
 * Queues and stacks: values between an old and a new end. Queues give out the oldest, stacks the newest. Each change is
 * published by one store, so nobody who dies leaves one half done.
 */
import { QUEUE_NEWEST, QUEUE_OLDEST, QUEUE_VALUES } from '../../abi/map-region.js'
import { atomicLoad, atomicStore, type Word } from '../../ring/algorithm/words.js'
import type { MapView } from './view.js'

/** How many values are in it. Under the lock. */
export function queued(view: MapView): Word {
  return (atomicLoad(view, view.at + QUEUE_NEWEST) - atomicLoad(view, view.at + QUEUE_OLDEST)) | 0
}

/**
 * Address for a new value, which `pushed` makes visible; 0 if the queue is full. Under the lock.
 *
 * @param replace whether the oldest value gives way then
 */
export function placeToPush(view: MapView, replace: boolean): Word {
  if (queued(view) >= view.maxEntries) {
    if (!replace) return 0
    atomicStore(view, view.at + QUEUE_OLDEST, (atomicLoad(view, view.at + QUEUE_OLDEST) + 1) | 0)
  }
  return placeOf(view, atomicLoad(view, view.at + QUEUE_NEWEST))
}

export function pushed(view: MapView): void {
  atomicStore(view, view.at + QUEUE_NEWEST, (atomicLoad(view, view.at + QUEUE_NEWEST) + 1) | 0)
}

/** Address of the value that is next to leave, which `popped` takes out; 0 if there is none. Under the lock. */
export function placeToPop(view: MapView, isStack: boolean): Word {
  const count = queued(view)
  // More than fit are a queue that something else has written to.
  if (count <= 0 || count > view.maxEntries) return 0
  const counter = isStack
    ? atomicLoad(view, view.at + QUEUE_NEWEST) - 1
    : atomicLoad(view, view.at + QUEUE_OLDEST)
  return placeOf(view, counter)
}

export function popped(view: MapView, isStack: boolean): void {
  if (isStack) atomicStore(view, view.at + QUEUE_NEWEST, (atomicLoad(view, view.at + QUEUE_NEWEST) - 1) | 0)
  else atomicStore(view, view.at + QUEUE_OLDEST, (atomicLoad(view, view.at + QUEUE_OLDEST) + 1) | 0)
}

function placeOf(view: MapView, counter: Word): Word {
  return (view.at + QUEUE_VALUES + (counter & (view.places - 1)) * view.stride) >>> 0
}
