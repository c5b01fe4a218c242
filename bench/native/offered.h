/*
 * So many records a second are offered, and what finds no room is lost.
 *
 *   producer (cpu0) ──64 B, evenly or in bursts, never again──► ring ──► consumer (cpu1), works on each
 *
 * The producer looks at the clock and offers what has become due. What it could not offer in time, because it was taken
 * off its cpu or because the rate is beyond it, is never offered: events that nobody could report do not pile up. The
 * figure is the share of the offered records that was lost, in percent; how many were offered stands beside it.
 * The counterpart of src/axes/offered.ts.
 */
#ifndef OFFERED_H
#define OFFERED_H

#include "hand_off.h"

#define OFFERED_BYTES 64u
/* Of one visit: the consumer gives room back after that many at the latest. */
#define OFFERED_DRAIN_LIMIT 64u
/* Bursts: ten times as many in the first of ten milliseconds. */
#define BURST_SECONDS 1e-3
#define BURST_FACTOR 10.0
/* What has become due and is older than this is never offered. */
#define LATE_SECONDS 20e-6
/* Whoever offers slowly, or seldom, may offer so many late ones. */
#define LATE_RECORDS 16u
#define CALIBRATION_ROUNDS 4000000u

struct offered {
  struct settings settings;
  void *producer, *consumer;
  /* Takes what is ready, at most `limit` records; answers how many it took. */
  uint64_t (*drain)(void *consumer, struct sequence_check *check, uint64_t limit);
  /* Offers `count` records, a multiple of the grain, numbered from `first` on; answers how many found room. */
  uint64_t (*offer)(void *producer, uint64_t first, uint64_t count);
  uint32_t grain; /* records that can only be offered together; 1 if it is not set */
  uint64_t attempted, accepted, attempted_inside, accepted_inside;
  double inside_seconds;
  bool producer_pinned;
  _Alignas(128) _Atomic bool done;
};

static inline void fill_payload(uint64_t *payload, uint64_t sequence) {
  payload[0] = sequence;
  for (uint32_t i = 1; i < OFFERED_BYTES / sizeof(uint64_t); i++)
    payload[i] = i;
}

/* Records that are due in the first `seconds` of a run. */
static double due_until(const struct settings *settings, double seconds) {
  if (!settings->bursts)
    return seconds * settings->rate;
  double period = BURST_SECONDS * BURST_FACTOR;
  double periods = (double)(uint64_t)(seconds / period), into = seconds - periods * period;
  return settings->rate * (periods * period + (into < BURST_SECONDS ? into : BURST_SECONDS) * BURST_FACTOR);
}

static void *offer_on_time(void *argument) {
  struct offered *offered = argument;
  const struct settings *settings = &offered->settings;
  offered->producer_pinned = pin_to(PRODUCER_CPU);
  uint64_t grain = offered->grain ? offered->grain : 1;
  double peak = settings->rate * (settings->bursts ? BURST_FACTOR : 1);
  uint64_t most = (uint64_t)(peak * LATE_SECONDS) + LATE_RECORDS;
  double start = now_seconds(), opens = start + settings->warm_up, closes = opens + settings->seconds;
  double due_before = 0, opened = 0;
  uint64_t attempted_before = 0, accepted_before = 0;
  for (double now = start; now < closes; now = now_seconds()) {
    if (opened == 0 && now >= opens) {
      opened = now;
      attempted_before = offered->attempted;
      accepted_before = offered->accepted;
    }
    double due = due_until(settings, now - start);
    uint64_t count = (uint64_t)(due - due_before) / grain * grain;
    if (count == 0) {
      relax();
      continue;
    }
    due_before += (double)count;
    if (count > most)
      count = (most + grain - 1) / grain * grain;
    offered->accepted += offered->offer(offered->producer, offered->attempted, count);
    offered->attempted += count;
  }
  offered->inside_seconds = now_seconds() - opened;
  offered->attempted_inside = offered->attempted - attempted_before;
  offered->accepted_inside = offered->accepted - accepted_before;
  atomic_store(&offered->done, true);
  return NULL;
}

/* How often a payload is to be read through, so that it takes so many ns. */
static uint32_t rounds_of_work(uint32_t ns) {
  static uint64_t payload[OFFERED_BYTES / sizeof(uint64_t)];
  double before = now_seconds();
  work_on((const uint8_t *)payload, OFFERED_BYTES, CALIBRATION_ROUNDS);
  double ns_each = (now_seconds() - before) * 1e9 / CALIBRATION_ROUNDS;
  return (uint32_t)(ns / ns_each + 0.5);
}

static void run_offered(struct offered *offered) {
  const struct settings *settings = &offered->settings;
  pthread_t producer;
  bool pinned = pin_to(CONSUMER_CPU);
  struct sequence_check check;
  begin_check(&check, OFFERED_BYTES);
  check.work_rounds = settings->work ? rounds_of_work(settings->work) : 0;
  if (settings->rate == 0 || pthread_create(&producer, NULL, offer_on_time, offered) != 0)
    fail("no rate, or no thread for the producer");
  while (!atomic_load_explicit(&offered->done, memory_order_acquire)) {
    if (offered->drain(offered->consumer, &check, OFFERED_DRAIN_LIMIT) == 0 && settings->paced)
      pace();
  }
  pthread_join(producer, NULL);
  offered->drain(offered->consumer, &check, UINT64_MAX);
  if (check.received != offered->accepted)
    fail("%lu records found room, %lu came out", (unsigned long)offered->accepted, (unsigned long)check.received);
  if (offered->attempted_inside == 0)
    fail("nothing was offered in the measured time");
  double attempted = (double)offered->attempted_inside, accepted = (double)offered->accepted_inside;
  printf("{\"value\": %.4f, \"pinned\": %s, \"cpuMs\": %.1f, \"extra\": {\"offeredMPerSecond\": %.4f, "
         "\"mPerSecond\": %.4f}}\n",
         100 * (attempted - accepted) / attempted, pinned && offered->producer_pinned ? "true" : "false",
         cpu_milliseconds(), attempted / offered->inside_seconds / 1e6, accepted / offered->inside_seconds / 1e6);
}

#endif
