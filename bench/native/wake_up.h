/*
 * How long a lonely record waits for a consumer that sleeps.
 *
 *   producer (cpu0) ──16 B: number, time──► ring ──wakes──► consumer (cpu1), asleep
 *        └─ pauses 1 to 2 ms ─┘
 *
 * The figure is the median of the time from just before the commit until the consumer has the record in its hand.
 * The counterpart of src/waiting/wake-up.ts.
 */
#ifndef WAKE_UP_H
#define WAKE_UP_H

#include "consumer.h"
#include "histogram.h"
#include <pthread.h>

#define WAKE_UP_BYTES 16u
/* Pauses while it warms up, so that there are many; the last quarter of it is already like the measured time. */
#define SHORT_PAUSE_NS 50000u
#define PAUSE_NS 1000000u

struct wake_up {
  void *ring;
  const struct ring_view *view;
  /* Puts in the record number `sequence`, and behind the number now_ns(), read just before the commit. */
  void (*send)(void *ring, uint64_t sequence);
  /* Sleeps until there may be a record. Answers whether it slept; gives up after some time. */
  bool (*wait)(void *ring, const struct ring_view *view);
  double warm_up;
  uint64_t sent;
  bool producer_pinned;
  _Alignas(128) _Atomic bool stop;
};

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *send_lonely_records(void *argument) {
  struct wake_up *wake_up = argument;
  wake_up->producer_pinned = pin_to(PRODUCER_CPU);
  unsigned seed = 1;
  double short_until = now_seconds() + wake_up->warm_up * 0.75;
  while (!atomic_load(&wake_up->stop)) {
    uint32_t ns = now_seconds() < short_until ? SHORT_PAUSE_NS : PAUSE_NS + (uint32_t)rand_r(&seed) % PAUSE_NS;
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
    wake_up->send(wake_up->ring, wake_up->sent++);
  }
  return NULL;
}

static void run_wake_up(struct wake_up *wake_up, const struct settings *settings) {
  static struct histogram latencies;
  uint32_t slept = 0, waits = 0;
  pthread_t producer;
  wake_up->warm_up = settings->warm_up;
  bool pinned = pin_to(CONSUMER_CPU);
  if (pthread_create(&producer, NULL, send_lonely_records, wake_up) != 0)
    fail("no thread for the producer");
  struct sequence_check check;
  begin_check(&check, WAKE_UP_BYTES);
  double measure_from = now_seconds() + settings->warm_up, end = measure_from + settings->seconds;
  for (double now = 0; now < end;) {
    bool has_slept = wake_up->wait(wake_up->ring, wake_up->view);
    while (is_ready(wake_up->view)) {
      /* Only the consumer moves its position, so the record stays where it is until drain takes it. */
      uint64_t at = atomic_load_explicit(wake_up->view->consumer_position, memory_order_relaxed);
      const uint64_t *payload =
          (const uint64_t *)(wake_up->view->data + (at & wake_up->view->mask) + RECORD_HEADER_BYTES);
      uint64_t latency = now_ns() - payload[1];
      if (drain(wake_up->view, &check, 1) != 1)
        fail("a committed record could not be taken");
      if ((now = now_seconds()) >= measure_from)
        enter(&latencies, latency);
    }
    if (now >= measure_from) {
      waits++;
      slept += has_slept;
    }
  }
  atomic_store(&wake_up->stop, true);
  pthread_join(producer, NULL);
  drain(wake_up->view, &check, UINT64_MAX);
  if (check.missing != 0 || check.received != wake_up->sent)
    fail("%lu records in, %lu out", (unsigned long)wake_up->sent, (unsigned long)check.received);
  char sleep_share[40];
  snprintf(sleep_share, sizeof sleep_share, "\"sleepShare\": %.4f, ", waits ? (double)slept / waits : 0.0);
  print_histogram(&latencies, 5000, pinned && wake_up->producer_pinned, sleep_share);
}

#endif
