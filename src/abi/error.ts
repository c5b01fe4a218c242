/**
 * Every error this package throws: its code, what it means, and what to do. Codes are stable; match on
 * `error.code`. docs/errors.md is generated from this table.
 */
export const ERRORS = {
  ERR_INVALID_ARGUMENT: {
    meaning: 'An argument has the wrong type, or is outside its range.',
    remedy: 'The message names the argument, the value and the limit.',
  },
  ERR_RING_SIZE: {
    meaning: 'A ring cannot have this size: it must be a power of two, and whole pages of 4096 bytes.',
    remedy: 'Take one of the two sizes that the message proposes.',
  },
  ERR_RING_NAME: {
    meaning: 'The name is longer than 64 bytes of UTF-8, or holds control characters.',
    remedy: 'Shorten the name.',
  },
  ERR_RING_FLAGS: {
    meaning: 'A flag was asked for that rings of this package do not know.',
    remedy: 'Leave it out; the message lists the flags that are known.',
  },
  ERR_NO_SHARED_MEMORY: {
    meaning: 'This runtime gives no shared memory, or not as much as was asked for.',
    remedy: 'In a browser, serve the page with COOP and COEP headers; elsewhere, ask for a smaller ring.',
  },
  ERR_NOT_A_RING: {
    meaning: 'This is no ring, or the memory to attach to holds none.',
    remedy: 'Pass the handle of a ring, as `ring.handle` gives it, unchanged.',
  },
  ERR_RING_VERSION: {
    meaning: 'The ring was made by a version of this package with another memory layout.',
    remedy: 'Use one version of the package in all threads.',
  },
  ERR_RING_DAMAGED: {
    meaning: 'The memory holds a ring, but its sizes or positions contradict each other.',
    remedy: 'Something else writes to this memory. Make a new ring.',
  },
  ERR_RING_CLOSED: {
    meaning: 'The ring was closed: no reservation succeeds any more.',
    remedy: 'Stop producing. Records that are reserved may still be submitted.',
  },
  ERR_READ_ONLY: {
    meaning:
      'This ring may not be written from here: it was opened to look at, or the kernel produces into it.',
    remedy: 'Open it with full access; into rings of the kernel only BPF programs produce.',
  },
  ERR_RING_EXISTS: {
    meaning: 'There is a file of this name already.',
    remedy: "Open it, or create with `ifExists: 'open'`; if nobody uses it any more, unlink it first.",
  },
  ERR_NOT_RECOVERABLE: {
    meaning: 'Only rings that were made recoverable can be recovered from threads that died.',
    remedy:
      'Create the ring with `recoverable: true`; rings between processes are recoverable by themselves.',
  },
  ERR_LOCK_HELD: {
    meaning:
      'A producer was declared gone, but a thread that lives holds the lock of the ring: nothing was done.',
    remedy:
      'It was stopped, or has no CPU: let it go on, or kill it. Then say so again, if it still is to be said.',
  },
  ERR_PRODUCER_GONE: {
    meaning: 'This producer was declared gone, and its records were taken back.',
    remedy: 'Open a new producer; declare gone only what has ended.',
  },
  ERR_TOO_MANY_PRODUCERS: {
    meaning: 'In a recoverable ring each producer needs a slot of its own, and all are taken.',
    remedy: 'Detach producers that are done, or share one among what runs in one thread.',
  },
  ERR_RECORD_TOO_LARGE: {
    meaning: 'The record fits in no ring of this size: the largest payload is the size less 16 bytes.',
    remedy: 'Make the ring larger, or the record smaller.',
  },
  ERR_RECORD_FINISHED: {
    meaning: 'The record was submitted or discarded already; its memory belongs to others now.',
    remedy: 'Do not touch a record after submit or discard.',
  },
  ERR_NOT_A_RECORD: {
    meaning: 'No reserved record stands at this address.',
    remedy: 'Something else writes to this memory, or the record was committed through its address.',
  },
  ERR_CONSUMER_TAKEN: {
    meaning: 'The ring has a consumer already, and may have only one.',
    remedy: 'Close the first consumer; if its thread has died, open with `{ takeOver: true }`.',
  },
  ERR_CONSUMER_CLOSED: {
    meaning: 'This consumer was closed, or another has taken its ring over.',
    remedy: 'Open a new one.',
  },
  ERR_REENTRANT: {
    meaning: 'The consumer was used from inside its own callback, or waits already.',
    remedy: 'Return from the callback, or await the wait, first.',
  },
  ERR_LEASED: {
    meaning: 'Records of this consumer are on lease, and a lease is exclusive.',
    remedy: 'Release the lease first, or leave its block.',
  },
  ERR_LEASE_RELEASED: {
    meaning: 'The records of this lease were released; their memory belongs to others now.',
    remedy: 'Do not touch a leased record after the release; `copy()` what you want to keep.',
  },
  ERR_NO_COMMON_BELL: {
    meaning: 'A thread that blocks can wait for several rings only if one thread made them all.',
    remedy: 'Make the rings in one thread and hand out their handles, or wait without blocking.',
  },
  ERR_MAP_SPEC: {
    meaning: 'A map cannot be so: its sizes, entries or flags are none that its type takes.',
    remedy: 'The message names the rule; `detail.errno` is what the kernel answers to such a map.',
  },
  ERR_MAP_OPERATION: {
    meaning: 'A map refused an operation: its type has none such, it is full, or it was frozen.',
    remedy:
      'The message says why; `detail.errno` is the error of Linux, the same for the kernel’s maps and ours.',
  },
  ERR_NOT_AN_ARENA: {
    meaning: 'There is no arena in this memory, or one of another version of this package.',
    remedy:
      'Pass the handle of an arena, as `arena.handle` gives it, unchanged; use one version in all threads.',
  },
  ERR_ARENA_DAMAGED: {
    meaning: 'The memory holds an arena, but what it says of itself or of a map cannot be.',
    remedy: 'Something else writes to this memory. Make a new arena.',
  },
  ERR_ARENA_FULL: {
    meaning: 'An arena has no memory left in one piece for such a map, or no place in its table.',
    remedy: 'Close maps that are not needed, or make the arena larger: it cannot grow.',
  },
  ERR_TOO_MANY_USERS: {
    meaning: 'As many threads share the arena as it was made for.',
    remedy: 'Detach where it is not needed any more, or make it with more `users`.',
  },
  ERR_NO_SUCH_MAP: {
    meaning: 'No map has this id: it never had, or its last user has closed it.',
    remedy: 'Keep a map open, or in a map of maps, as long as others are to find it.',
  },
  ERR_CANNOT_BLOCK: {
    meaning: 'This thread may not block: it is the main thread of a browser, or another that forbids it.',
    remedy: 'Use the asynchronous wait, or poll.',
  },
  ERR_CORRUPTED: {
    meaning: 'Something in the shared memory cannot be: a position, a length or a page offset.',
    remedy:
      'Something else writes to this memory. `detail` says what was found where; nothing was read past it.',
  },
  ERR_NOT_SUPPORTED: {
    meaning:
      'This needs the operating system, and here it cannot be called: not Linux, or no way to call it.',
    remedy:
      'The message says what is missing. On Node 20 to 24, `npm install koffi`, and allow addons; Deno wants `--allow-ffi`.',
  },
  ERR_SYSTEM: {
    meaning: 'The operating system refused a call.',
    remedy:
      'The message has the call, what it was about and the error; so have `detail.syscall`, `detail.object` and `detail.errno`.',
  },
  ERR_RESOURCE_CLOSED: {
    meaning:
      'This file descriptor, mapping or watch was closed, and its number or memory may be of others now.',
    remedy: 'Do not use what was closed.',
  },
  ERR_INSTRUCTION_INVALID: {
    meaning: 'This is no BPF instruction: the opcode is unknown, or a field holds what it must not.',
    remedy: 'The message names the instruction, the field and what it may hold.',
  },
  ERR_PROGRAM_INVALID: {
    meaning:
      'A BPF program cannot be built: a label is missing, given twice or too far away, or a name unknown.',
    remedy: 'The message names the label or the name, and the instruction that asks for it.',
  },
  ERR_PROGRAM_REFUSED: {
    meaning:
      'The kernel refused to load a BPF program: its verifier found something, or it was not even asked.',
    remedy: "The message has the verifier's reason and the instruction; `log` has all that it said.",
  },
} as const satisfies Record<string, { readonly meaning: string; readonly remedy: string }>

export type RingbufErrorCode = keyof typeof ERRORS

/** An error of this package. `code` is stable, `message` has the value and the limit. */
export class RingbufError extends Error {
  override readonly name = 'RingbufError'
  readonly code: RingbufErrorCode
  /** The numbers behind the message, for programs: what was found, where, and what was allowed. */
  readonly detail: Readonly<Record<string, number | string>>

  constructor(code: RingbufErrorCode, message: string, detail: Record<string, number | string> = {}) {
    super(message)
    this.code = code
    this.detail = detail
  }
}
