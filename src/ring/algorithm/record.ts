import { DATA_OFFSET, PAGE_SHIFT } from '../../abi/region.js'
import { ringAddress, ringSize, type View, type Word } from './words.js'

/** Bytes a record takes in the ring: header and payload, rounded up to 8. */
export function recordBytes(payloadBytes: Word): Word {
  return (payloadBytes + 15) & ~7
}

/** How far `to` lies ahead of `from`. Positions wrap, so they are only ever compared like this (R28). */
export function distance(from: Word, to: Word): Word {
  return (to - from) >>> 0
}

/** Where the data begins. */
export function dataAddress(view: View): Word {
  return (ringAddress(view) + DATA_OFFSET) | 0
}

/** Where the header of the record at this position stands. Its payload follows, contiguous (R37). */
export function headerAddress(view: View, position: Word): Word {
  return (dataAddress(view) + (position & (ringSize(view) - 1))) | 0
}

/** What the second header word of a record must say: how many pages lie between ring and header (R33). */
export function pageOffset(view: View, header: Word): Word {
  return (header - ringAddress(view)) >>> PAGE_SHIFT
}

/** Whether so many records of so many bytes each, headers included, fit in the ring at all. */
export function fitsBatch(view: View, records: Word, stride: Word): boolean {
  if (records === 0) return false
  // The product of two numbers of 16 bits is exact. Others are divided, which takes as long as ten stores.
  if ((records | stride) >>> 16 === 0) return records * stride <= ringSize(view)
  return records <= ringSize(view) / stride
}
