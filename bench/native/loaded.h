/*
 * How long records wait while many are under way.
 *
 *   producer (cpu0) ──16 B: number, when it was due──► ring ──► consumer (cpu1), polls or sleeps
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

/* Record number n is due at start_ns + n * interval_ns. */
struct schedule {
  uint64_t start_ns, interval_ns;
};

static inline uint64_t due_ns(const struct schedule *schedule, uint64_t sequence) {
  return schedule->start_ns + sequence * schedule->interval_ns;
}

struct loaded {
  struct settings settings;
  void *ring;
  const struct ring_view *view;
  /* Tells the ring when records will be due, if it stamps them by itself; or NULL. */
  void (*begin)(void *ring, const struct schedule *schedule);
  /* Puts in some of the records that are due, `most` of them, from `sequence` on. Answers how many; 0: no room now. */
  uint32_t (*send)(void *ring, const struct schedule *schedule, uint64_t sequence, uint32_t most);
  /* What the consumer does that finds nothing; NULL: it looks again, at once or paced. */
  bool (*wait)(void *ring, const struct ring_view *view);
  /* How many of those that were sent found no room and are gone; or NULL: none. */
  uint64_t (*dropped)(void *ring);
  uint64_t sent;
  bool producer_pinned;
  _Alignas(128) _Atomic bool stop;
};

static void *send_evenly(void *argument) {
  struct loaded *loaded = argument;
  loaded->producer_pinned = pin_to(PRODUCER_CPU);
  struct schedule schedule = {now_ns(), 1000000000u / loaded->settings.rate};
  if (loaded->begin)
    loaded->begin(loaded->ring, &schedule);
  while (!atomic_load_explicit(&loaded->stop, memory_order_relaxed)) {
    uint64_t due = (now_ns() - schedule.start_ns) / schedule.interval_ns + 1;
    if (due == loaded->sent)
      relax();
    while (loaded->sent < due && !atomic_load_explicit(&loaded->stop, memory_order_relaxed))
      loaded->sent += loaded->send(loaded->ring, &schedule, loaded->sent, (uint32_t)(due - loaded->sent));
  }
  return NULL;
}

static inline void await_records(struct loaded *loaded) {
  if (loaded->wait)
    loaded->wait(loaded->ring, loaded->view);
  else if (loaded->settings.paced)
    pace();
}

static void run_loaded(struct loaded *loaded) {
  const struct settings *settings = &loaded->settings;
  static struct histogram latencies;
  pthread_t producer;
  bool pinned = pin_to(CONSUMER_CPU);
  struct sequence_check check;
  begin_check(&check, LOADED_BYTES);
  if (settings->rate == 0 || 1000000000u % settings->rate != 0)
    fail("%u records a second are no whole number of nanoseconds apart", settings->rate);
  if (pthread_create(&producer, NULL, send_evenly, loaded) != 0)
    fail("no thread for the producer");
  uint64_t from = now_ns() + (uint64_t)(settings->warm_up * 1e9), end = from + (uint64_t)(settings->seconds * 1e9);
  for (uint64_t now = 0; now < end;) {
    if (!is_ready(loaded->view)) {
      await_records(loaded);
      now = now_ns();
      continue;
    }
    /* Only the consumer moves its position, so the record stays where it is until drain takes it. */
    uint64_t at = atomic_load_explicit(loaded->view->consumer_position, memory_order_relaxed);
    const uint64_t *payload = (const uint64_t *)(loaded->view->data + (at & loaded->view->mask) + RECORD_HEADER_BYTES);
    now = now_ns();
    if (now >= from)
      enter(&latencies, now - payload[1]);
    if (drain(loaded->view, &check, 1) != 1)
      fail("a committed record could not be taken");
  }
  atomic_store(&loaded->stop, true);
  pthread_join(producer, NULL);
  drain(loaded->view, &check, UINT64_MAX);
  uint64_t missing = check.missing + (loaded->sent - check.next[0]);
  uint64_t dropped = loaded->dropped ? loaded->dropped(loaded->ring) : 0;
  if (missing != dropped || check.received + dropped != loaded->sent)
    fail("%lu records in, %lu out, %lu dropped", (unsigned long)loaded->sent, (unsigned long)check.received,
         (unsigned long)dropped);
  char more[80];
  snprintf(more, sizeof more, "\"kPerSecond\": %.3f, \"dropShare\": %.6f, ",
           (double)latencies.total / settings->seconds / 1e3, (double)dropped / (double)loaded->sent);
  print_histogram(&latencies, 9900, pinned && loaded->producer_pinned, more);
}

#endif
