/*
 * How long records wait while many are under way.
 *
 *   producer (cpu0) ──16 B: number, when it was due──► ring ──► consumer (cpu1), polls
 *         └─ so many a second, evenly
 *
 * Each record carries the time at which it was due, not at which it was sent: a producer that is held up is late for all
 * that were due meanwhile, and that counts (no coordinated omission). The figure is the 99th percentile in us.
 * The counterpart of src/latency/loaded.ts.
 */
#ifndef LOADED_H
#define LOADED_H

#include "hand_off.h"
#include "wake_up.h"

#define LOADED_BYTES 16u
#define SAMPLES_MAX (1u << 23)

struct loaded {
  struct settings settings;
  void *ring;
  const struct ring_view *view;
  /* Puts a record in; false when there is no room now. */
  bool (*send)(void *ring, uint64_t sequence, uint64_t due_ns);
  uint64_t sent;
  bool producer_pinned;
  _Alignas(128) _Atomic bool stop;
};

static void *send_evenly(void *argument) {
  struct loaded *loaded = argument;
  loaded->producer_pinned = pin_to(PRODUCER_CPU);
  double interval_ns = 1e9 / loaded->settings.rate;
  uint64_t start = now_ns();
  while (!atomic_load_explicit(&loaded->stop, memory_order_relaxed)) {
    uint64_t due = start + (uint64_t)((double)loaded->sent * interval_ns);
    while (now_ns() < due)
      relax();
    while (!loaded->send(loaded->ring, loaded->sent, due))
      relax();
    loaded->sent++;
  }
  return NULL;
}

static void run_loaded(struct loaded *loaded) {
  const struct settings *settings = &loaded->settings;
  double *us = malloc(SAMPLES_MAX * sizeof(double));
  uint32_t count = 0;
  pthread_t producer;
  bool pinned = pin_to(CONSUMER_CPU);
  struct sequence_check check;
  begin_check(&check, LOADED_BYTES);
  if (us == NULL || settings->rate == 0 || pthread_create(&producer, NULL, send_evenly, loaded) != 0)
    fail("no memory, no rate, or no thread for the producer");
  uint64_t from = now_ns() + (uint64_t)(settings->warm_up * 1e9), end = from + (uint64_t)(settings->seconds * 1e9);
  for (uint64_t now = 0; now < end;) {
    if (!is_ready(loaded->view)) {
      now = now_ns();
      if (settings->paced)
        pace();
      continue;
    }
    /* Only the consumer moves its position, so the record stays where it is until drain takes it. */
    uint64_t at = atomic_load_explicit(loaded->view->consumer_position, memory_order_relaxed);
    const uint64_t *payload = (const uint64_t *)(loaded->view->data + (at & loaded->view->mask) + RECORD_HEADER_BYTES);
    now = now_ns();
    if (now >= from && count < SAMPLES_MAX)
      us[count++] = (double)(int64_t)(now - payload[1]) / 1e3;
    if (drain(loaded->view, &check, 1) != 1)
      fail("a committed record could not be taken");
  }
  atomic_store(&loaded->stop, true);
  pthread_join(producer, NULL);
  drain(loaded->view, &check, UINT64_MAX);
  if (check.missing != 0 || check.received != loaded->sent)
    fail("%lu records in, %lu out", (unsigned long)loaded->sent, (unsigned long)check.received);
  if (count == 0)
    fail("no record came in the measured time");
  qsort(us, count, sizeof us[0], by_latency);
  printf("{\"value\": %.3f, \"pinned\": %s, \"cpuMs\": %.1f, \"extra\": {\"p50Us\": %.3f, \"p90Us\": %.3f, "
         "\"p999Us\": %.3f, \"maxUs\": %.3f, \"samples\": %u}}\n",
         us[(uint64_t)count * 99 / 100], pinned && loaded->producer_pinned ? "true" : "false", cpu_milliseconds(),
         us[count / 2], us[(uint64_t)count * 90 / 100], us[(uint64_t)count * 999 / 1000], us[count - 1], count);
}

#endif
