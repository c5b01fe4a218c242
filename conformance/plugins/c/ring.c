#define _GNU_SOURCE
#include "ring.h"
#include "faults.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HEAD_PAGES = 1, POSITION_PAGES = 2 };
enum { LONGEST = UINT32_MAX / 4 };

static u64 acquire(_Atomic u64 *word) { return atomic_load_explicit(word, memory_order_acquire); }
static void release(_Atomic u64 *word, u64 value) { atomic_store_explicit(word, value, memory_order_release); }

static u64 record_bytes(u32 length) {
  u64 unit = FAULTY(rounds_to_16) ? 16 : 8;
  return (length + HEADER_BYTES + unit - 1) & ~(unit - 1);
}

static u64 mask(const struct ring *ring) { return ring->size - 1; }

struct header *ring_header(const struct ring *ring, u64 position) {
  return (struct header *)(ring->data + (position & mask(ring)));
}

int ring_open(struct ring *ring, u64 size, u32 flags, u64 start) {
  int fits = size >= PAGE_BYTES && (size & (size - 1)) == 0 && size <= 1u << 31;
  if ((!fits && !FAULTY(any_size)) || (flags & ~OVERWRITE)) return -EINVAL;
  u64 positions = POSITION_PAGES * PAGE_BYTES, all = positions + 2 * size;
  int file = memfd_create("ring", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, (off_t)(positions + size)) < 0) return -errno;
  u8 *memory = mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return -errno;
  int access = PROT_READ | PROT_WRITE, fixed = MAP_SHARED | MAP_FIXED;
  mmap(memory, positions + size, access, fixed, file, 0);
  if (FAULTY(no_mirror)) mmap(memory + positions + size, size, access, fixed | MAP_ANONYMOUS, -1, 0);
  else mmap(memory + positions + size, size, access, fixed, file, (off_t)positions);
  close(file);
  _Atomic u64 *producers = (_Atomic u64 *)(memory + PAGE_BYTES);
  *ring = (struct ring){
    .size = size, .overwrites = (flags & OVERWRITE) != 0, .memory = memory, .data = memory + positions,
    .consumer = (_Atomic u64 *)memory, .producer = producers, .pending = producers + 1, .overwritten = producers + 2,
  };
  *ring->consumer = *ring->producer = *ring->pending = *ring->overwritten = start;
  return 0;
}

void ring_close(struct ring *ring) {
  if (ring->memory) munmap(ring->memory, POSITION_PAGES * PAGE_BYTES + 2 * ring->size);
  *ring = (struct ring){ 0 };
}

/* Where the oldest record stands that is busy now. */
static u64 first_busy(const struct ring *ring, u64 from, u64 producer) {
  while (producer != from) {
    u32 length = ring_header(ring, from)->length;
    if (length & BUSY) break;
    from += record_bytes(length & LENGTH);
  }
  return from;
}

/* Gives up the oldest records, as many as must go for a record that ends there. */
static void overwrite(struct ring *ring, u64 end) {
  u64 oldest = *ring->overwritten;
  while (end - oldest > mask(ring)) {
    oldest += FAULTY(overwrites_halves) ? 8 : record_bytes(ring_header(ring, oldest)->length & LENGTH);
  }
  *ring->overwritten = oldest;
}

/* With the lock. */
static struct header *claim(struct ring *ring, u32 size, u64 consumer) {
  u64 limit = FAULTY(fills_up) ? ring->size : mask(ring);
  u64 position = *ring->producer, end = position + record_bytes(size);
  u64 pending = first_busy(ring, *ring->pending, position);
  /* Whether or not there is room. */
  if (!FAULTY(pending_only_on_success)) *ring->pending = pending;
  int guarded = !FAULTY(trusts_consumer) && !(ring->overwrites && FAULTY(overwrites_busy));
  if (end - pending > limit && guarded) return NULL;
  if (ring->overwrites) overwrite(ring, end);
  else if (end - consumer > limit) return NULL;
  *ring->pending = pending;
  struct header *header = ring_header(ring, position);
  u64 base = FAULTY(offset_from_data) ? 0 : HEAD_PAGES + POSITION_PAGES;
  header->pages = (u32)(base + (u64)((u8 *)header - ring->data) / PAGE_BYTES);
  u32 length = FAULTY(padded_length) ? (u32)record_bytes(size) - HEADER_BYTES : size;
  header->length = FAULTY(never_busy) ? length : length | BUSY;
  release(ring->producer, end);
  return header;
}

void *ring_reserve(struct ring *ring, u32 size, u64 flags) {
  if (flags != 0 && !FAULTY(reserve_takes_any_flag)) return NULL;
  if (size > LONGEST || record_bytes(size) > ring->size) return NULL;
  if (size == 0 && FAULTY(refuses_empty)) return NULL;
  u64 consumer = acquire(ring->consumer);
  while (atomic_exchange(&ring->lock, 1)) continue;
  struct header *header = claim(ring, size, consumer);
  atomic_store(&ring->lock, 0);
  if (header && FAULTY(clears_payload)) memset(header + 1, 0, size);
  return header ? header + 1 : NULL;
}

static int must_wake(const struct ring *ring, const struct header *header, u64 flags, u32 discard) {
  if (FAULTY(wakes_always)) return 1;
  if (FAULTY(wakes_never) || (FAULTY(discard_is_quiet) && discard)) return 0;
  if (FAULTY(no_wakeup_wins) && (flags & NO_WAKEUP)) return 0;
  if ((flags & FORCE_WAKEUP) && !FAULTY(ignores_force)) return 1;
  if ((flags & NO_WAKEUP) && !FAULTY(ignores_no_wakeup)) return 0;
  u64 consumer = acquire(ring->consumer);
  if (FAULTY(wakes_on_empty)) return *ring->producer - consumer == record_bytes(header->length & LENGTH);
  return ring_header(ring, consumer) == header;
}

void ring_commit(struct ring *ring, void *payload, u64 flags, u32 discard) {
  struct header *header = (struct header *)payload - 1;
  if (FAULTY(commit_minds_flags) && (flags & ~(u64)(NO_WAKEUP | FORCE_WAKEUP))) return;
  if (FAULTY(shows_discarded)) discard = 0;
  /* A full barrier: only then is the consumer position read. */
  atomic_exchange(&header->length, (header->length & ~BUSY) | discard);
  if (must_wake(ring, header, flags, discard)) ring->rung = 1;
}

int ring_output(struct ring *ring, const void *bytes, u32 size, u64 flags) {
  if ((flags & ~(u64)(NO_WAKEUP | FORCE_WAKEUP)) && !FAULTY(output_takes_any_flag)) return -EINVAL;
  void *payload = ring_reserve(ring, size, 0);
  if (!payload) return FAULTY(output_enospc) ? -ENOSPC : -EAGAIN;
  memcpy(payload, bytes, size);
  ring_commit(ring, payload, flags, 0);
  return 0;
}

u64 ring_query(const struct ring *ring, u64 what) {
  u64 consumer = acquire(ring->consumer), oldest = acquire(ring->overwritten), producer = acquire(ring->producer);
  switch (what) {
  case AVAILABLE:
    if (FAULTY(available_from_pending)) return producer - *ring->pending;
    return ring->overwrites && producer - oldest < producer - consumer ? producer - oldest : producer - consumer;
  case RING_SIZE: return ring->size;
  case CONSUMER: return consumer;
  case PRODUCER: return producer;
  case OVERWRITTEN: return ring->overwrites ? oldest : 0;
  default: return FAULTY(query_knows_more) ? producer : 0;
  }
}

int ring_readable(const struct ring *ring) {
  u64 consumer = acquire(ring->consumer);
  if (FAULTY(readable_when_committed) && (ring_header(ring, consumer)->length & BUSY)) return 0;
  return acquire(ring->producer) != consumer;
}

/*
 * What was overwritten before it was consumed is passed over. That is stored, even if nothing follows that can be
 * consumed: the record at which the consumer stands is the one that wakes it.
 */
static u64 first_left(struct ring *ring) {
  u64 consumer = *ring->consumer, oldest = acquire(ring->overwritten);
  if (!ring->overwrites || (int64_t)(oldest - consumer) <= 0) return consumer;
  release(ring->consumer, oldest);
  return oldest;
}

/* A payload as the consumer sees it. */
static const u8 *payload_of(const struct ring *ring, const struct header *header, u32 length) {
  const u8 *payload = (const u8 *)(header + 1);
  if (!FAULTY(no_mirror)) return payload;
  static u8 *copy;
  copy = realloc(copy, length + 1);
  for (u32 i = 0; i < length; i++) copy[i] = ring->data[((u64)(payload - ring->data) + i) & mask(ring)];
  return copy;
}

void ring_consume(struct ring *ring, u32 most, record_callback callback, void *context) {
  u64 begun = *ring->consumer, position = first_left(ring);
  u32 shown = 0;
  for (;;) {
    u64 producer = acquire(ring->producer);
    if (FAULTY(compares_positions) ? (u32)position >= (u32)producer : position == producer) break;
    struct header *header = ring_header(ring, position);
    u32 length = atomic_load_explicit(&header->length, memory_order_acquire);
    if ((length & BUSY) && !FAULTY(passes_busy)) break;
    position += record_bytes(length & LENGTH);
    if (!(length & (BUSY | DISCARD))) {
      callback(context, payload_of(ring, header, length), length);
      shown++;
    }
    release(ring->consumer, position);
    if (shown == most && most != 0 && !FAULTY(ignores_max)) {
      if (FAULTY(position_stays)) release(ring->consumer, begun);
      break;
    }
  }
}
