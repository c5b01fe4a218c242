/*
 * The kernel ring buffer's algorithm in user-space C: the ring itself, for the programs that measure it.
 *
 *   page 0        private: lock word, sleep word
 *   page 1        consumer position
 *   page 2        producer position, pending position
 *   page 3 ...    data, then the same pages mapped again, so that no record ever wraps
 *
 * Kept as in the kernel: one spin lock round the reservation, the walk of the pending position on every reserve,
 * header before producer position, xchg on commit, ring found again through the header's page offset, and the
 * look at the consumer position that decides about a wake-up. Left out: disabling interrupts, for which user
 * space has no instruction.
 */
#ifndef C_RING_H
#define C_RING_H

#include "consumer.h"
#include "double_map.h"
#include <linux/futex.h>
#include <sys/syscall.h>

#define PAYLOAD_MAX 0x3fffffffu

struct ring {
  _Alignas(64) _Atomic uint32_t lock;
  _Alignas(64) _Atomic uint32_t asleep; /* 1 while the consumer sleeps, on this word; a polling one never does */
  uint64_t mask;
  _Alignas(PAGE_BYTES) _Atomic uint64_t consumer_position;
  _Alignas(PAGE_BYTES) _Atomic uint64_t producer_position;
  uint64_t pending_position; /* no record before this one is busy; guarded by the lock */
  _Alignas(PAGE_BYTES) uint8_t data[];
};

static struct ring *ring_create(uint32_t bytes) {
  struct ring *ring = map_twice("c-kernel", sizeof(struct ring), bytes);
  ring->mask = bytes - 1;
  return ring;
}

/* In the kernel nobody who holds the lock is taken off its cpu; here it may be, and then others let it have theirs. */
static inline void lock(_Atomic uint32_t *word) {
  uint32_t free_word = 0;
  for (uint32_t tries = 1;
       !atomic_compare_exchange_weak_explicit(word, &free_word, 1, memory_order_acquire, memory_order_relaxed); tries++) {
    free_word = 0;
    if (tries % 1000 == 0)
      sched_yield();
    else
      relax();
  }
}

static inline void unlock(_Atomic uint32_t *word) { atomic_store_explicit(word, 0, memory_order_release); }

/* Where the first busy record stands, or `producer` when there is none. Starts where the last walk ended. */
static inline uint64_t walk_pending(struct ring *ring, uint64_t producer) {
  uint64_t pending = ring->pending_position;
  while ((int64_t)(producer - pending) > 0) {
    struct record_header *header = (struct record_header *)(ring->data + (pending & ring->mask));
    uint32_t word = atomic_load_explicit(&header->length, memory_order_relaxed);
    if (word & RECORD_BUSY)
      break;
    pending += record_bytes(word & ~RECORD_DISCARDED);
  }
  return pending;
}

/* Room for `bytes` in the order of the calls, or NULL when there is none. */
static inline void *ring_reserve(struct ring *ring, uint64_t bytes) {
  uint64_t total = record_bytes(bytes);
  if (bytes > PAYLOAD_MAX || total > ring->mask + 1)
    return NULL;
  uint64_t consumer = atomic_load_explicit(&ring->consumer_position, memory_order_acquire);
  lock(&ring->lock);
  uint64_t producer = atomic_load_explicit(&ring->producer_position, memory_order_relaxed);
  uint64_t pending = walk_pending(ring, producer);
  ring->pending_position = pending;
  uint64_t next = producer + total;
  if (next - pending > ring->mask || next - consumer > ring->mask) {
    unlock(&ring->lock);
    return NULL;
  }
  struct record_header *header = (struct record_header *)(ring->data + (producer & ring->mask));
  atomic_store_explicit(&header->length, (uint32_t)bytes | RECORD_BUSY, memory_order_relaxed);
  header->page_offset = (uint32_t)(((uint8_t *)header - (uint8_t *)ring) / PAGE_BYTES);
  /* Header first: whoever sees the new position sees that the record is busy. */
  atomic_store_explicit(&ring->producer_position, next, memory_order_release);
  unlock(&ring->lock);
  return (uint8_t *)header + RECORD_HEADER_BYTES;
}

static inline long futex(_Atomic uint32_t *word, int operation, uint32_t value) {
  return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

/* Of two who try, one wakes it. The word changes first: a consumer that is only about to sleep then does not. */
static __attribute__((noinline)) void ring_wake(struct ring *ring) {
  if (atomic_exchange(&ring->asleep, 0) != 0)
    futex(&ring->asleep, FUTEX_WAKE, 1);
}

static inline void ring_submit(void *payload) {
  struct record_header *header = (struct record_header *)((uint8_t *)payload - RECORD_HEADER_BYTES);
  uintptr_t page = (uintptr_t)header & ~(uintptr_t)(PAGE_BYTES - 1);
  struct ring *ring = (struct ring *)(page - (uintptr_t)header->page_offset * PAGE_BYTES);
  uint32_t length = atomic_load_explicit(&header->length, memory_order_relaxed) ^ RECORD_BUSY;
  /* An exchange and not a store: the look at the consumer position must not come before the commit. */
  atomic_exchange_explicit(&header->length, length, memory_order_seq_cst);
  uint64_t consumer = atomic_load_explicit(&ring->consumer_position, memory_order_acquire) & ring->mask;
  bool caught_up = consumer == (uint64_t)((uint8_t *)header - ring->data);
  if (caught_up && atomic_load(&ring->asleep) != 0)
    ring_wake(ring);
}

/* Sleeps until the record behind the consumer position is committed. Answers whether it slept. */
static inline bool ring_sleep(struct ring *ring, const struct ring_view *view) {
  atomic_store(&ring->asleep, 1); /* before the look: a producer that misses it has its record seen there */
  bool slept = !is_ready(view);
  while (slept && atomic_load(&ring->asleep) != 0)
    futex(&ring->asleep, FUTEX_WAIT, 1);
  atomic_store(&ring->asleep, 0);
  return slept;
}

static inline struct ring_view ring_view_of(struct ring *ring) {
  return (struct ring_view){&ring->consumer_position, &ring->producer_position, ring->data, ring->mask};
}

#endif
