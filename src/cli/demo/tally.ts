import { createHash } from 'node:crypto'
import { decodeText } from 'bpf-ringbuf'
import { DigestSum } from './digest-sum.js'
import { BYTES_OFFSET, DIGEST_OFFSET, PATH_OFFSET, SEQUENCE_OFFSET, WORKER_OFFSET } from './file-record.js'

/** What came out of the ring from one worker. */
export interface WorkerTally {
  records: number
  bytes: number
  /** Records that were not the next one of their worker. */
  outOfOrder: number
  /** Sequence of the record that must come next. */
  next: number
}

/** Sees one file: its digest in hexadecimal, and its path. */
export type FileListener = (digest: string, path: string) => void

/** What the main thread learns from the records, and only from them. */
export class Tally {
  readonly workers: readonly WorkerTally[]
  readonly digest = new DigestSum()
  records = 0
  bytes = 0
  /** The longest file, or the first of several. Empty when there was none. */
  largestPath = ''
  largestBytes = -1
  readonly #onFile: FileListener | undefined
  #u32: Uint32Array = new Uint32Array(0)
  #f64: Float64Array = new Float64Array(0)
  #scratch = Buffer.alloc(4096)

  constructor(workers: number, onFile?: FileListener) {
    this.workers = Array.from({ length: workers }, () => ({ records: 0, bytes: 0, outOfOrder: 0, next: 0 }))
    this.#onFile = onFile
  }

  get outOfOrder(): number {
    return this.workers.reduce((total, worker) => total + worker.outOfOrder, 0)
  }

  /** Takes one record, where it lies in the ring. */
  readonly take = (memory: Uint8Array, offset: number, length: number): void => {
    if (this.#u32.buffer !== memory.buffer) this.#look(memory.buffer)
    // Payloads start at multiples of 8.
    const sequence = this.#u32[(offset + SEQUENCE_OFFSET) >>> 2] as number
    const number = this.#u32[(offset + WORKER_OFFSET) >>> 2] as number
    const bytes = this.#f64[(offset + BYTES_OFFSET) >>> 3] as number
    const worker = this.workers[number]
    if (!worker) throw new Error(`record ${this.records} is of worker ${number}, which does not exist`)
    if (sequence !== worker.next) worker.outOfOrder++
    worker.next = sequence + 1
    worker.records++
    worker.bytes += bytes
    this.records++
    this.bytes += bytes
    this.digest.add(this.#hashEntry(memory, offset, length))
    if (bytes > this.largestBytes) {
      this.largestBytes = bytes
      this.largestPath = decodeText(memory, offset + PATH_OFFSET, length - PATH_OFFSET)
    }
    if (this.#onFile) {
      // What #hashEntry copied begins with the digest.
      const digest = this.#scratch.toString('hex', 0, PATH_OFFSET - DIGEST_OFFSET)
      this.#onFile(digest, decodeText(memory, offset + PATH_OFFSET, length - PATH_OFFSET))
    }
  }

  #look(buffer: ArrayBufferLike): void {
    this.#u32 = new Uint32Array(buffer, 0, buffer.byteLength >>> 2)
    this.#f64 = new Float64Array(buffer, 0, buffer.byteLength >>> 3)
  }

  /** Digest of a file's content and path together. Copied first: hashes must not read shared memory. */
  #hashEntry(memory: Uint8Array, offset: number, length: number): Buffer {
    const entry = memory.subarray(offset + DIGEST_OFFSET, offset + length)
    if (this.#scratch.length < entry.length) this.#scratch = Buffer.alloc(entry.length)
    this.#scratch.set(entry)
    return createHash('sha256').update(this.#scratch.subarray(0, entry.length)).digest()
  }
}
