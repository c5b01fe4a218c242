/*
 * The consumers of bench_ringbufs.c. Both sleep in epoll_wait until the kernel wakes them; then
 *
 *   library   as libbpf does: calls a function for each record, and gives each record of a ring back at once
 *   custom    a loop of its own: everything in one place, and given back once a batch
 *
 * A perf buffer is given back once a batch by both. All check the number of every record, and count them where the
 * thread sees it that takes samples.
 */
#ifndef RINGBUFS_CONSUMER_H
#define RINGBUFS_CONSUMER_H

#include "consumer.h"
#include "perf_buffer.h"
#include "ringbufs_program.h"
#include <sys/eventfd.h>

/* What perf says of a payload of 8 bytes: with the padding to a multiple of 8, its own length included. */
#define PERF_SAMPLE_BYTES 12u
#define STOP_EVENT UINT32_MAX

struct consumer {
  bool perf, custom;
  struct ring_view view;
  struct perf_buffers *buffers;
  int epoll_fd, stop_fd;
  /* Called for each record by the library's loops, which do not know it. */
  void (*take)(void *self, const uint8_t *payload, uint32_t length);
  uint64_t lost; /* as perf's own records say */
  bool pinned;
  /* One for each buffer: between two of them there is no order. Of a ring, the first. */
  struct sequence_check checks[PERF_CPUS_MAX];
  struct sequence_check *check;
  _Alignas(128) _Atomic uint64_t hits;
  _Alignas(128) _Atomic bool stop;
};

static inline void take_sample(void *self, const uint8_t *payload, uint32_t length) {
  struct consumer *consumer = self;
  check_record(consumer->check, length, payload);
  uint64_t hits = atomic_load_explicit(&consumer->hits, memory_order_relaxed);
  atomic_store_explicit(&consumer->hits, hits + 1, memory_order_relaxed);
}

static inline void take_perf_sample(void *self, const uint8_t *payload, uint32_t length) {
  if (length != PERF_SAMPLE_BYTES)
    fail("a perf sample of %u bytes came out", length);
  take_sample(self, payload, SAMPLE_BYTES);
}

/* Both the same loop, compiled for each of the two ways. */
static inline __attribute__((always_inline)) void drain_ring(struct consumer *consumer, bool custom) {
  const struct ring_view *ring = &consumer->view;
  uint64_t at = atomic_load_explicit(ring->consumer_position, memory_order_relaxed);
  for (uint64_t begin = at;; begin = at) {
    uint64_t end = atomic_load_explicit(ring->producer_position, memory_order_acquire);
    bool busy = false;
    while (at != end) {
      struct record_header *header = (struct record_header *)(ring->data + (at & ring->mask));
      uint32_t word = atomic_load_explicit(&header->length, memory_order_acquire);
      if ((busy = (word & RECORD_BUSY) != 0))
        break;
      if (custom)
        take_sample(consumer, (const uint8_t *)(header + 1), word);
      else
        consumer->take(consumer, (const uint8_t *)(header + 1), word);
      at += record_bytes(word);
      if (!custom)
        atomic_store_explicit(ring->consumer_position, at, memory_order_release);
    }
    if (custom)
      atomic_store_explicit(ring->consumer_position, at, memory_order_release);
    if (busy || at == begin)
      return;
  }
}

static void drain_buffer(struct consumer *consumer, uint32_t index) {
  if (!consumer->perf) {
    if (consumer->custom)
      drain_ring(consumer, true);
    else
      drain_ring(consumer, false);
    return;
  }
  consumer->check = &consumer->checks[index];
  if (consumer->custom)
    perf_drain(&consumer->buffers->of_cpu[index], &consumer->lost, take_perf_sample, consumer);
  else
    perf_drain(&consumer->buffers->of_cpu[index], &consumer->lost, consumer->take, consumer);
}

static uint32_t buffers_of(const struct consumer *consumer) { return consumer->perf ? consumer->buffers->count : 1; }

static void watch(struct consumer *consumer, int fd, uint32_t index) {
  struct epoll_event interest = {.events = EPOLLIN, .data.u32 = index};
  if (epoll_ctl(consumer->epoll_fd, EPOLL_CTL_ADD, fd, &interest) != 0)
    fail("epoll of a buffer: %s", strerror(errno));
}

static void consumer_open(struct consumer *consumer, int ring_fd) {
  consumer->epoll_fd = epoll_create1(0);
  consumer->stop_fd = eventfd(0, 0);
  consumer->take = consumer->perf ? take_perf_sample : take_sample;
  consumer->check = &consumer->checks[0];
  for (uint32_t i = 0; i < buffers_of(consumer); i++) {
    begin_check(&consumer->checks[i], SAMPLE_BYTES);
    watch(consumer, consumer->perf ? consumer->buffers->of_cpu[i].fd : ring_fd, i);
  }
  watch(consumer, consumer->stop_fd, STOP_EVENT);
}

/* Sleeps until something is there, and takes it. False when it was told to stop. */
static bool consume_what_comes(struct consumer *consumer) {
  struct epoll_event events[16];
  int count = epoll_wait(consumer->epoll_fd, events, sizeof events / sizeof events[0], -1);
  for (int i = 0; i < count; i++)
    if (events[i].data.u32 != STOP_EVENT)
      drain_buffer(consumer, events[i].data.u32);
  return !atomic_load_explicit(&consumer->stop, memory_order_relaxed);
}

static void consumer_stop(struct consumer *consumer) {
  atomic_store(&consumer->stop, true);
  if (eventfd_write(consumer->stop_fd, 1) != 0)
    fail("the consumer could not be woken: %s", strerror(errno));
}

static void consume_rest(struct consumer *consumer) {
  for (uint32_t i = 0; i < buffers_of(consumer); i++)
    drain_buffer(consumer, i);
}

#endif
