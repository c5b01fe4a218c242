import { CLOSED_BIT, PRODUCER_POSITION } from '../../abi/region.js'
import { atomicLoad, ringAddress, type View, type Word } from './words.js'

/** Whether the ring was closed: no reservation can succeed any more. */
export function isClosed(view: View): boolean {
  return (atomicLoad(view, (ringAddress(view) + PRODUCER_POSITION) | 0) & CLOSED_BIT) !== 0
}

/** Whether the ring is closed and everything up to here was all there will ever be. */
export function isFinished(view: View, position: Word): boolean {
  return atomicLoad(view, (ringAddress(view) + PRODUCER_POSITION) | 0) === (position | CLOSED_BIT)
}
