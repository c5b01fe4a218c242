/*
 * The busy-polling consumer of rings that are laid out as the kernel's, and the check that nothing was lost or
 * reordered.
 *
 * It sees a ring as user space sees the kernel's: two position words and the data, mapped twice in a row.
 * The consumer position is stored after every record, as libbpf does it.
 */
#ifndef CONSUMER_H
#define CONSUMER_H

#include "settings.h"
#include <stdatomic.h>

#define PAGE_BYTES 4096u

#define RECORD_HEADER_BYTES 8u
#define RECORD_BUSY 0x80000000u
#define RECORD_DISCARDED 0x40000000u

/* The 8 bytes in front of every payload. */
struct record_header {
  _Atomic uint32_t length; /* and the two flags; the word that commits */
  uint32_t page_offset;    /* pages from the start of the ring to this header */
};

/* Room that a record takes: header and payload, rounded up to 8. */
static inline uint64_t record_bytes(uint64_t payload_bytes) {
  return (payload_bytes + RECORD_HEADER_BYTES + 7) & ~(uint64_t)7;
}

struct ring_view {
  _Atomic uint64_t *consumer_position;
  _Atomic uint64_t *producer_position;
  uint8_t *data;
  uint64_t mask;
};

/* The number of a producer's first record: who it is stands above how many it was. */
#define PRODUCER_SHIFT 48

static inline uint64_t first_sequence(uint32_t producer) { return (uint64_t)producer << PRODUCER_SHIFT; }

/* What has come out of the ring. Payloads begin with the number that their producer gave them. */
struct sequence_check {
  uint64_t next[PRODUCERS_MAX]; /* the number that should come now from each producer; see begin_check */
  uint64_t received;
  uint64_t missing; /* numbers skipped; only a ring that drops may have any */
  uint32_t payload_bytes;
  uint32_t work_rounds; /* times that the consumer reads each payload through; 0 where nobody works on records */
};

static inline void begin_check(struct sequence_check *check, uint32_t payload_bytes) {
  *check = (struct sequence_check){.payload_bytes = payload_bytes};
  for (uint32_t i = 0; i < PRODUCERS_MAX; i++)
    check->next[i] = first_sequence(i);
}

/* Simulated work: reads the payload through, so many times. */
static __attribute__((noinline)) void work_on(const uint8_t *payload, uint32_t bytes, uint32_t rounds) {
  for (uint32_t round = 0; round < rounds; round++)
    for (uint32_t at = 0; at < bytes; at += sizeof(uint64_t))
      (void)*(const volatile uint64_t *)(payload + at);
}

static inline void check_record(struct sequence_check *check, uint32_t length, const uint8_t *payload) {
  if (__builtin_expect(length != check->payload_bytes, 0))
    fail("a record of %u bytes came out, %u went in", length, check->payload_bytes);
  uint64_t sequence = *(const uint64_t *)payload;
  if (__builtin_expect(sequence >> PRODUCER_SHIFT >= PRODUCERS_MAX, 0))
    fail("sequence %lx was never put in", (unsigned long)sequence);
  uint64_t *next = &check->next[sequence >> PRODUCER_SHIFT];
  if (__builtin_expect(sequence != *next, 0)) {
    if (sequence < *next)
      fail("sequence %lx came after %lx", (unsigned long)sequence, (unsigned long)*next);
    check->missing += sequence - *next;
  }
  *next = sequence + 1;
  check->received++;
  if (__builtin_expect(check->work_rounds != 0, 0))
    work_on(payload, length, check->work_rounds);
}

/* Whether the record behind the consumer position is committed. */
static inline bool is_ready(const struct ring_view *ring) {
  uint64_t consumer = atomic_load_explicit(ring->consumer_position, memory_order_relaxed);
  if (consumer == atomic_load(ring->producer_position))
    return false;
  struct record_header *header = (struct record_header *)(ring->data + (consumer & ring->mask));
  return (atomic_load(&header->length) & RECORD_BUSY) == 0;
}

/* Takes what is ready, at most `limit` records; answers how many it took. */
static inline uint64_t drain(const struct ring_view *ring, struct sequence_check *check, uint64_t limit) {
  uint64_t taken = 0;
  uint64_t consumer = atomic_load_explicit(ring->consumer_position, memory_order_relaxed);
  uint64_t producer = atomic_load_explicit(ring->producer_position, memory_order_acquire);
  while (consumer != producer && taken < limit) {
    struct record_header *header = (struct record_header *)(ring->data + (consumer & ring->mask));
    uint32_t word = atomic_load_explicit(&header->length, memory_order_acquire);
    if (word & RECORD_BUSY)
      break;
    if (word & RECORD_DISCARDED)
      fail("a discarded record came out, none was put in");
    check_record(check, word, (const uint8_t *)header + RECORD_HEADER_BYTES);
    consumer += record_bytes(word);
    atomic_store_explicit(ring->consumer_position, consumer, memory_order_release);
    taken++;
  }
  return taken;
}

#endif
