/*
 * One producer thread hands 64-byte records to one consumer thread for a given time.
 *
 *   producer (cpu0) ──64 B──► ring (1 MiB) ──► consumer (cpu1)
 *
 * A plain consumer looks again at once when the ring was empty. It then fights with the producer for the lines
 * that are being written, which costs both of them; a paced one waits 2 us after an empty look.
 *
 * The figure is million records received a second. The consumer looks at the clock, opens and closes the
 * measured window and tells the producer to stop; then it takes what is left and the books must balance:
 * every number that was put in came out once, in order, or was counted as dropped by the producer.
 */
#ifndef HAND_OFF_H
#define HAND_OFF_H

#include "consumer.h"
#include <pthread.h>

#define HAND_OFF_BYTES 64u /* unless a case says otherwise */
#define DRAIN_LIMIT 256u  /* records between two looks at anything else than the ring */
#define TURNS_PER_CLOCK 256u
#define PACE_SECONDS 2e-6

struct hand_off {
  void *ring;
  const struct ring_view *view;
  /* Puts a few hundred numbered records in, from `*next` on, which it advances; answers how many it dropped. */
  uint64_t (*produce)(void *ring, uint64_t *next, _Atomic bool *stop);
  bool paced;
  uint32_t bytes;
  uint64_t attempted, dropped;
  bool producer_pinned;
  _Alignas(128) _Atomic bool stop;
  _Alignas(128) _Atomic int ready;
  _Atomic bool done;
};

static inline void meet(_Atomic int *ready) {
  atomic_fetch_add(ready, 1);
  while (atomic_load(ready) < 2)
    relax();
}

static void *run_producer(void *argument) {
  struct hand_off *hand_off = argument;
  hand_off->producer_pinned = pin_to(PRODUCER_CPU);
  uint64_t next = 0, dropped = 0;
  meet(&hand_off->ready);
  while (!atomic_load_explicit(&hand_off->stop, memory_order_relaxed))
    dropped += hand_off->produce(hand_off->ring, &next, &hand_off->stop);
  hand_off->attempted = next;
  hand_off->dropped = dropped;
  atomic_store_explicit(&hand_off->done, true, memory_order_release);
  return NULL;
}

static inline void pace(void) {
  for (double until = now_seconds() + PACE_SECONDS; now_seconds() < until;)
    relax();
}

static void run_hand_off(struct hand_off *hand_off, double warm_up, double seconds) {
  pthread_t producer;
  if (pthread_create(&producer, NULL, run_producer, hand_off) != 0)
    fail("no thread for the producer");
  bool pinned = pin_to(CONSUMER_CPU);
  struct sequence_check check = {.payload_bytes = hand_off->bytes ? hand_off->bytes : HAND_OFF_BYTES};
  meet(&hand_off->ready);

  double opened = 0, closed = 0, begin = now_seconds();
  uint64_t opened_at = 0, closed_at = 0;
  for (uint64_t turn = 1; closed == 0; turn++) {
    if (drain(hand_off->view, &check, DRAIN_LIMIT) == 0 && hand_off->paced)
      pace();
    if (turn % TURNS_PER_CLOCK != 0)
      continue;
    double now = now_seconds();
    if (opened == 0 && now >= begin + warm_up) {
      opened = now;
      opened_at = check.received;
    } else if (opened != 0 && now >= opened + seconds) {
      closed = now;
      closed_at = check.received;
    }
  }
  atomic_store(&hand_off->stop, true);
  while (!atomic_load_explicit(&hand_off->done, memory_order_acquire))
    drain(hand_off->view, &check, DRAIN_LIMIT);
  pthread_join(producer, NULL);
  drain(hand_off->view, &check, UINT64_MAX);

  uint64_t missing = check.missing + (hand_off->attempted - check.next);
  if (check.received + missing != hand_off->attempted || missing != hand_off->dropped)
    fail("%lu records in, %lu out, %lu dropped", (unsigned long)hand_off->attempted, (unsigned long)check.received,
         (unsigned long)hand_off->dropped);
  measured((double)(closed_at - opened_at) / (closed - opened) / 1e6, pinned && hand_off->producer_pinned, "dropShare",
           (double)hand_off->dropped / (double)hand_off->attempted);
}

#endif
