/**
 * Text in and out of shared memory, by way of private memory.
 *
 * Encoders and decoders look at their bytes twice. If another thread changes them in between, some
 * runtimes crash and browsers refuse; a copy that nobody else sees is what makes this safe.
 *
 *   text ──encoder──► scratch ──set──► ring            ring ──copy──► scratch ──decoder──► text
 *
 * For texts as short as most are, a view of the scratch costs as much as the encoder does. So views are kept,
 * one for each length that was needed.
 */
import { plainDecoder, plainEncoder } from './utf8.js'

const encoder = typeof TextEncoder === 'function' ? new TextEncoder() : plainEncoder
const decoder =
  typeof TextDecoder === 'function' ? new TextDecoder('utf-8', { ignoreBOM: true }) : plainDecoder

/** A longer scratch is made for one text and not kept: nobody shall pay for the longest text for ever. */
const KEPT_BYTES = 2 ** 20
/** Views of up to this length are kept: some hundred bytes of heap for each length. */
const VIEWED_BYTES = 1024
/** Up to this length a loop copies in less time than it takes to make a view to copy from. */
const LOOP_BYTES = 16

let scratch = new Uint8Array(VIEWED_BYTES)
let views: Uint8Array<ArrayBuffer>[] = []

function scratchOf(bytes: number): Uint8Array<ArrayBuffer> {
  if (scratch.length >= bytes) return scratch
  const longer = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)))
  if (longer.length > KEPT_BYTES) return longer
  views = []
  scratch = longer
  return longer
}

/** The first bytes of a scratch. Few bytes are always of the scratch that is kept: the other is for long texts. */
function firstOf(source: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes > VIEWED_BYTES) return source.subarray(0, bytes)
  const kept = views[bytes]
  if (kept !== undefined) return kept
  const view = source.subarray(0, bytes)
  views[bytes] = view
  return view
}

/** Encodes text as UTF-8 into private memory, which the next call reuses. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  // A UTF-16 unit takes at most three bytes.
  const target = scratchOf(text.length * 3)
  return firstOf(target, encoder.encodeInto(text, target).written)
}

/** What the loop may believe: everything else goes the way of `subarray`, which stays inside the memory. */
function isShort(memory: Uint8Array, offset: number, length: number): boolean {
  if (!(length >= 0 && length <= LOOP_BYTES && offset >= 0 && offset + length <= memory.length)) return false
  return Number.isInteger(offset) && Number.isInteger(length)
}

/** Decodes `length` bytes of UTF-8 at `offset`, after copying them out of reach of other threads. */
export function decodeText(memory: Uint8Array, offset: number, length: number): string {
  if (isShort(memory, offset, length)) {
    for (let i = 0; i < length; i++) scratch[i] = memory[offset + i] as number
    return decoder.decode(firstOf(scratch, length))
  }
  const bytes = memory.subarray(offset, offset + length)
  const target = scratchOf(bytes.length)
  target.set(bytes)
  return decoder.decode(firstOf(target, bytes.length))
}
