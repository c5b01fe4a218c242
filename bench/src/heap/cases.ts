/**
 * The cases of the suite `heap`: how many bytes of V8's heap a record costs, on its way in and on its way out.
 *
 * The raw level promises none. The comfortable one makes objects; these cases tell how many bytes of them.
 */
import type { Case } from '../cases.js'

/** Payload of a record, where its name does not say another. */
export const HEAP_BYTES = 64
/** Longer ones are not kept inside the object that stands for them. */
export const HEAP_LONG_BYTES = 256
/** Records that go in before any comes out. */
export const HEAP_RECORDS = 1024

export const RAW_PATHS = {
  'heap-reserve-submit': 'reserve, fill, submit; consumeRaw',
  'heap-reserve-batch': 'reserveBatch, fill, submitBatch, 16 at a time; consumeRaw',
  'heap-output': 'output of bytes; consumeRaw',
  'heap-output-from': "outputFrom an address in the ring's memory; consumeRaw",
  'heap-consume-each': 'output of bytes; then wait and consumeRaw for each record alone',
} as const

export const COMFORTABLE_PATHS = {
  'heap-record': 'producer.record, one view, submit; consumeRaw',
  'heap-text': 'outputText of 64 characters; consumeRaw and decodeText',
  'heap-lease': 'output; lease of 256, each record by its offset',
  'heap-lease-view': 'output; lease of 256, one view of each record',
  'heap-consume': 'output; consume: bytes of their own',
  'heap-consume-256B': 'the same with 256 bytes',
  'heap-pooled-256B': 'the same with 256 bytes and pooledCopies',
  'heap-iterate': 'output; for (const record of consumer)',
  'heap-for-await': 'output; for await (const record of consumer)',
} as const

export type RawPathName = keyof typeof RAW_PATHS
export type ComfortablePathName = keyof typeof COMFORTABLE_PATHS
export type HeapCaseName = RawPathName | ComfortablePathName

/**
 *   thread ──1024 x 64 B──► ring (1 MiB) ──► same thread, again and again
 *
 * Counted three times: by the size of the heap before and after a great many records, during which nothing is
 * collected; by V8's allocation sampler, which sees every single allocation and tells where it was made; and by the
 * scavenges of a run that nobody interferes with.
 */
export const HEAP_CASES: readonly Case[] = Object.entries({ ...RAW_PATHS, ...COMFORTABLE_PATHS }).map(
  ([name, about]) => ({
    name: name as HeapCaseName,
    unit: 'bytes/record',
    about: `one thread: ${about}; bytes allocated on the heap`,
    yardsticks: [],
  }),
)
