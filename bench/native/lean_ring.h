/*
 * The kernel's algorithm with everything taken out that one ring in one program can do without: a lock, but lean.
 *
 *   page 0        private: how large it is
 *   page 1        consumer position
 *   page 2        producer position, and in its lowest bit the lock
 *   page 3 ...    data, then the same pages mapped again, so that no record ever wraps
 *
 * Records are as the kernel's: a length with a busy bit, 4 bytes unused, the payload, rounded up to 8. Taking the lock
 * is one compare-and-swap on the producer position, and the store that publishes the new position lets go of it. The
 * header in between is a plain store. A producer looks at the consumer position only when what it knows of it is used
 * up, and the consumer at the producer position only when it has come to where it knew it to be. It gives its own
 * position back once for all that it took with one call. Of several records claimed at once only the first is busy:
 * one store commits them all.
 *
 * What it lacks of the kernel's rules: the walk of the pending position, discards, and wake-ups; so a store is enough
 * to commit.
 */
#ifndef LEAN_RING_H
#define LEAN_RING_H

#include "consumer.h"
#include "double_map.h"

struct ring {
  uint64_t bytes;
  _Alignas(PAGE_BYTES) _Atomic uint64_t consumer_position;
  uint64_t known_producer; /* the consumer's own: records stand up to here */
  _Alignas(PAGE_BYTES) _Atomic uint64_t producer_position;
  _Alignas(PAGE_BYTES) uint8_t data[];
};

/* What a producer knows: the consumer has come at least so far. */
struct claim {
  _Alignas(128) struct ring *ring;
  uint64_t known_consumer;
};

/* Positions are multiples of 8. */
#define LOCKED UINT64_C(1)
#define TRIES_BEFORE_LETTING_GO 1000u

static struct ring *ring_create(uint32_t bytes) {
  struct ring *ring = map_twice("c-lean", sizeof(struct ring), bytes);
  ring->bytes = bytes;
  return ring;
}

static inline uint8_t *record_at(struct ring *ring, uint64_t position) {
  return ring->data + (position & (ring->bytes - 1));
}

/* The position at which the caller may now claim. Whoever holds the lock may be off its cpu: then let it have ours. */
static inline uint64_t ring_lock(struct ring *ring) {
  uint64_t position = atomic_load_explicit(&ring->producer_position, memory_order_relaxed);
  for (uint32_t tries = 1;; tries++) {
    if ((position & LOCKED) == 0 &&
        atomic_compare_exchange_weak_explicit(&ring->producer_position, &position, position | LOCKED,
                                              memory_order_acquire, memory_order_relaxed))
      return position;
    if (tries % TRIES_BEFORE_LETTING_GO == 0)
      sched_yield();
    else
      relax();
    position = atomic_load_explicit(&ring->producer_position, memory_order_relaxed);
  }
}

/* Sees the memory as the consumer left it, since whoever sees its position does. */
static inline bool has_room(struct claim *claim, uint64_t end) {
  if (end - claim->known_consumer <= claim->ring->bytes)
    return true;
  claim->known_consumer = atomic_load_explicit(&claim->ring->consumer_position, memory_order_acquire);
  return end - claim->known_consumer <= claim->ring->bytes;
}

static inline uint8_t *ring_claim(struct claim *claim, uint64_t records, uint32_t length) {
  struct ring *ring = claim->ring;
  uint64_t bytes = records * record_bytes(length);
  /* A full ring is seen without taking the lock, which others may want. */
  uint64_t seen = atomic_load_explicit(&ring->producer_position, memory_order_relaxed) & ~LOCKED;
  if (!has_room(claim, seen + bytes))
    return NULL;
  uint64_t position = ring_lock(ring);
  if (!has_room(claim, position + bytes)) {
    atomic_store_explicit(&ring->producer_position, position, memory_order_release);
    return NULL;
  }
  uint8_t *record = record_at(ring, position);
  atomic_store_explicit((_Atomic uint32_t *)record, length | RECORD_BUSY, memory_order_relaxed);
  /* Header first: whoever sees the new position sees that the record is busy. */
  atomic_store_explicit(&ring->producer_position, position + bytes, memory_order_release);
  return record;
}

/* A length that no consumer can come to yet: before it stands a busy record. */
static inline void ring_prepare(uint8_t *record, uint32_t length) { *(uint32_t *)record = length; }

static inline void ring_commit(uint8_t *record, uint32_t length) {
  atomic_store_explicit((_Atomic uint32_t *)record, length, memory_order_release);
}

static inline uint64_t ring_drain(struct ring *ring, struct sequence_check *check, uint64_t limit) {
  uint64_t from = atomic_load_explicit(&ring->consumer_position, memory_order_relaxed), to = from, taken = 0;
  for (; taken < limit; taken++) {
    if (to == ring->known_producer) {
      ring->known_producer = atomic_load_explicit(&ring->producer_position, memory_order_acquire) & ~LOCKED;
      if (to == ring->known_producer)
        break;
    }
    uint8_t *record = record_at(ring, to);
    uint32_t length = atomic_load_explicit((_Atomic uint32_t *)record, memory_order_acquire);
    if (length & RECORD_BUSY)
      break;
    check_record(check, length, record + RECORD_HEADER_BYTES);
    to += record_bytes(length);
  }
  if (to != from)
    atomic_store_explicit(&ring->consumer_position, to, memory_order_release);
  return taken;
}

#endif
