/*
 * The BPF ring buffer of Linux, in user space: the same layout, algorithm and answers.
 *
 *   page 0   consumer position      written by the consumer only
 *   page 1   producer position, pending position, overwrite position
 *   page 2   data, `size` bytes
 *            the same data once more: what runs over the end is in one piece
 */
#pragma once
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

enum { PAGE_BYTES = 4096, HEADER_BYTES = 8 };
enum { BUSY = 1u << 31, DISCARD = 1u << 30, LENGTH = DISCARD - 1 };
enum { NO_WAKEUP = 1, FORCE_WAKEUP = 2 };
enum { OVERWRITE = 1 << 19 };
enum { AVAILABLE, RING_SIZE, CONSUMER, PRODUCER, OVERWRITTEN };

struct header {
  _Atomic u32 length; /* with the two bits */
  u32 pages;          /* from the start of the ring, whose head is one page before the consumer's */
};

struct ring {
  u64 size;
  int overwrites;
  int rung; /* a commit has notified the consumer */
  _Atomic int lock;
  void *memory;
  _Atomic u64 *consumer, *producer, *pending, *overwritten;
  u8 *data;
};

/* 0, or a negative error number. Positions begin at `start`: 0 in the kernel. */
int ring_open(struct ring *ring, u64 size, u32 flags, u64 start);
void ring_close(struct ring *ring);

/* The payload, or NULL. Never waits for room. */
void *ring_reserve(struct ring *ring, u32 size, u64 flags);
/* `discard`: 0 or DISCARD. The payload is all that is known: its header says where the ring is. */
void ring_commit(struct ring *ring, void *payload, u64 flags, u32 discard);
int ring_output(struct ring *ring, const void *bytes, u32 size, u64 flags);
u64 ring_query(const struct ring *ring, u64 what);
int ring_readable(const struct ring *ring);

/* Calls back for at most `most` records, 0: for all. */
typedef void (*record_callback)(void *context, const u8 *bytes, u32 size);
void ring_consume(struct ring *ring, u32 most, record_callback callback, void *context);

struct header *ring_header(const struct ring *ring, u64 position);
