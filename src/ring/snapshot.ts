import { BPF_RB_PROD_POS } from '../abi/flags.js'
import { RECORD_DISCARD_BIT, RECORD_HEADER_BYTES, RECORD_LENGTH_MASK } from '../abi/record.js'
import { recordBytes } from './algorithm/index.js'
import type { Attachment } from './attachment.js'
import { CopyingReader } from './copying-reader.js'

export interface SnapshotOptions {
  /** The newest records at most. Default: all. */
  readonly max?: number
}

export interface SnapshotRecord {
  /** u32. */
  readonly position: number
  /** The bytes of the record, its own. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface Snapshot {
  /** Oldest first. */
  readonly records: readonly SnapshotRecord[]
  /** Records that were reserved but not committed, and are not among them. */
  readonly busy: number
  /** Position behind the last record that was looked at: u32. */
  readonly end: number
}

/** Copies what is in a ring now. Changes nothing, and waits for nobody. */
export function snapshot(attachment: Attachment, options: SnapshotOptions): Snapshot {
  let found = copyAll(attachment, options)
  // Lapped while it was looking: everything that was there is gone, and newer records are there.
  for (let attempt = 0; attempt < MOST_LAPS && found.lapped; attempt++) found = copyAll(attachment, options)
  const { records, busy, end } = found
  return { records, busy, end }
}

/** Only who looks at a small ring is lapped that often, and such a look takes microseconds. */
const MOST_LAPS = 500
/** How often it looks again at a place where a producer is about to overwrite. */
const ATTEMPTS = 20

function copyAll(attachment: Attachment, { max = Number.POSITIVE_INFINITY }: SnapshotOptions) {
  const reader = CopyingReader.observer(attachment)
  // As late as possible: what overtakes this leaves nothing to show.
  const end = attachment.engine.query(BPF_RB_PROD_POS) | 0
  let records: SnapshotRecord[] = []
  let busy = 0
  let vain = 0
  let overtaken = false
  let last = end
  // The end is fixed, so however fast producers are, this comes to it.
  while (((end - reader.position) | 0) > 0) {
    const to = reader.scan(Number.POSITIVE_INFINITY)
    if (reader.takeGap()) {
      // What was overwritten meanwhile left a hole behind these; the newest are what is wanted.
      records = []
      busy = 0
      overtaken = true
      if (((end - reader.position) | 0) <= 0) break
    }
    if (to === reader.position) {
      const passed = reader.passBusy()
      // Damaged, or given back to producers all the time.
      if (passed === 'end' || (passed === 'gone' && ++vain > ATTEMPTS)) {
        last = reader.position
        break
      }
      if (passed === 'busy') busy++
      continue
    }
    const { u8, i32, base, origin, mask } = reader.window
    // What came behind the end since is left out: of its own producer something before it may be missing.
    for (let position = reader.position; position !== to && position !== end; ) {
      const header = base + ((position - origin) & mask)
      const word = i32[header >>> 2] as number
      const length = word & RECORD_LENGTH_MASK
      if ((word & RECORD_DISCARD_BIT) === 0) {
        const from = header + RECORD_HEADER_BYTES
        const bytes = u8.slice(from, from + length) as Uint8Array<ArrayBuffer>
        records.push({ position: position >>> 0, bytes })
      }
      position = (position + recordBytes(length)) | 0
    }
    reader.release(to, 0, 0)
  }
  if (records.length > max) records = records.slice(records.length - max)
  const moved = overtaken || (attachment.engine.query(BPF_RB_PROD_POS) | 0) !== end
  // Nothing was found, but something has come since.
  const lapped = records.length + busy === 0 && moved
  return { records, busy, end: last >>> 0, lapped }
}
