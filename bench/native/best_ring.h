/*
 * The fastest ring of this kind that we know how to write in C: no lock, no busy bit, no flags, no wake-ups.
 *
 *   page 0        private: how large it is
 *   page 1        consumer position
 *   page 2        producer position
 *   page 3 ...    data, then the same pages mapped again, so that no record ever wraps
 *
 * A record is 4 bytes of length, 4 unused ones, and the payload, rounded up to 8. Memory that nobody has committed
 * reads as zero: the consumer clears what it took before it gives it back, so it never has to look at the producer
 * position, whose cache line the producers then keep. A producer claims by compare-and-swap, and looks at the
 * consumer position only when what it knows of it is used up. What was claimed for several records is committed by
 * the length of the first.
 *
 * What it lacks of the kernel's rules: records of length 0, discards, a reservation that can be told from free memory,
 * and a consumer that sleeps.
 */
#ifndef BEST_RING_H
#define BEST_RING_H

#include "consumer.h"
#include "double_map.h"

struct ring {
  uint64_t bytes;
  _Alignas(PAGE_BYTES) _Atomic uint64_t consumer_position;
  _Alignas(PAGE_BYTES) _Atomic uint64_t producer_position;
  _Alignas(PAGE_BYTES) uint8_t data[];
};

/* What a producer knows: the consumer has come at least so far. */
struct claim {
  _Alignas(128) struct ring *ring;
  uint64_t known_consumer;
};

static struct ring *ring_create(uint32_t bytes) {
  struct ring *ring = map_twice("c-best", sizeof(struct ring), bytes);
  ring->bytes = bytes;
  return ring;
}

static inline uint8_t *record_at(struct ring *ring, uint64_t position) {
  return ring->data + (position & (ring->bytes - 1));
}

static inline uint8_t *ring_claim(struct claim *claim, uint64_t records, uint32_t length) {
  struct ring *ring = claim->ring;
  uint64_t bytes = records * record_bytes(length);
  uint64_t position = atomic_load_explicit(&ring->producer_position, memory_order_relaxed);
  do {
    if (position + bytes - claim->known_consumer > ring->bytes) {
      /* Whoever sees the position sees the memory before it cleared. */
      claim->known_consumer = atomic_load_explicit(&ring->consumer_position, memory_order_acquire);
      if (position + bytes - claim->known_consumer > ring->bytes)
        return NULL;
    }
  } while (!atomic_compare_exchange_weak_explicit(&ring->producer_position, &position, position + bytes,
                                                  memory_order_relaxed, memory_order_relaxed));
  return record_at(ring, position);
}

/* Writes a length that no consumer can come to yet: before it stands one that is not committed. */
static inline void ring_prepare(uint8_t *record, uint32_t length) { *(uint32_t *)record = length; }

static inline void ring_commit(uint8_t *record, uint32_t length) {
  atomic_store_explicit((_Atomic uint32_t *)record, length, memory_order_release);
}

static inline uint64_t ring_drain(struct ring *ring, struct sequence_check *check, uint64_t limit) {
  uint64_t from = atomic_load_explicit(&ring->consumer_position, memory_order_relaxed), to = from, taken = 0;
  for (; taken < limit && to - from < ring->bytes; taken++) {
    uint8_t *record = record_at(ring, to);
    uint32_t length = atomic_load_explicit((_Atomic uint32_t *)record, memory_order_acquire);
    if (length == 0)
      break;
    check_record(check, length, record + RECORD_HEADER_BYTES);
    to += record_bytes(length);
  }
  if (to != from) {
    memset(record_at(ring, from), 0, to - from);
    atomic_store_explicit(&ring->consumer_position, to, memory_order_release);
  }
  return taken;
}

#endif
