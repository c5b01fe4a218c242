/*
 * Producer threads hand records to one consumer thread for a given time.
 *
 *   producer (cpu0) ──bytes──► ring (1 MiB) ──► consumer (cpu1)
 *
 * A plain consumer looks again at once when the ring was empty. It then fights with the producer for the lines
 * that are being written, which costs both of them; a paced one waits 2 us after an empty look. With several
 * producers nobody is bound to a cpu, and who finds the ring full, or empty, soon lets go of its own.
 *
 * The figure is million records received a second. The consumer looks at the clock, opens and closes the
 * measured window and tells the producers to stop; then it takes what is left and the books must balance:
 * every number that was put in came out once, in order, or was counted as dropped by its producer.
 *
 * That a wrong run is noticed can be seen by making it wrong: BENCH_FAULT=drop, repeat or length in the environment
 * skips a number, puts one in twice, or lets the consumer expect another length (src/fault.ts does it in JavaScript).
 */
#ifndef HAND_OFF_H
#define HAND_OFF_H

#include "consumer.h"
#include <pthread.h>

#define DRAIN_LIMIT 256u /* records between two looks at anything else than the ring */
#define TURNS_PER_CLOCK 256u
#define PACE_SECONDS 2e-6
#define TRIES_BEFORE_YIELD 100u

struct hand_off;

struct producer {
  struct hand_off *hand_off;
  void *ring;        /* what this producer puts its records into */
  uint64_t *payload; /* its own buffer, of so many bytes; the number comes first */
  uint64_t next, dropped;
  bool pinned;
  uint32_t tries; /* since there was room */
  pthread_t thread;
  _Alignas(128) uint8_t pad[128]; /* producers lie apart */
};

struct hand_off {
  struct settings settings;
  void *ring; /* what the consumer drains */
  /* Takes what is ready, at most `limit` records; answers how many it took. */
  uint64_t (*drain)(void *ring, struct sequence_check *check, uint64_t limit);
  /* Puts a few hundred numbered records in, from `next` on, which it advances; counts what it drops. */
  void (*produce)(struct producer *producer);
  struct producer producers[PRODUCERS_MAX];
  _Alignas(128) _Atomic bool stop;
  _Alignas(128) _Atomic uint32_t ready;
  _Atomic uint32_t done;
};

static inline void meet(struct hand_off *hand_off) {
  atomic_fetch_add(&hand_off->ready, 1);
  while (atomic_load(&hand_off->ready) < hand_off->settings.producers + 1)
    sched_yield();
}

/* Whether the run is to be spoiled in this way, so that its check has something to find. */
static inline bool is_fault(const char *fault) {
  const char *wanted = getenv("BENCH_FAULT");
  return wanted != NULL && strcmp(wanted, fault) == 0;
}

static void *run_producer(void *argument) {
  struct producer *producer = argument;
  struct hand_off *hand_off = producer->hand_off;
  producer->pinned = hand_off->settings.producers > 1 || pin_to(PRODUCER_CPU);
  producer->payload = calloc(1, hand_off->settings.bytes);
  meet(hand_off);
  hand_off->produce(producer);
  producer->next += is_fault("drop") ? 1 : is_fault("repeat") ? -1 : 0;
  while (!atomic_load_explicit(&hand_off->stop, memory_order_relaxed))
    hand_off->produce(producer);
  atomic_fetch_add(&hand_off->done, 1);
  return NULL;
}

/* What a producer does that found no room. */
static inline void await_room(struct producer *producer) {
  if (producer->hand_off->settings.producers > 1 && ++producer->tries % TRIES_BEFORE_YIELD == 0)
    sched_yield();
  else
    relax();
}

static inline void pace(void) {
  for (double until = now_seconds() + PACE_SECONDS; now_seconds() < until;)
    relax();
}

static void balance_books(const struct hand_off *hand_off, const struct sequence_check *check) {
  uint64_t attempted = 0, dropped = 0, missing = check->missing;
  bool pinned = true;
  for (uint32_t i = 0; i < hand_off->settings.producers; i++) {
    const struct producer *producer = &hand_off->producers[i];
    attempted += producer->next - first_sequence(i);
    dropped += producer->dropped;
    missing += producer->next - check->next[i];
    pinned = pinned && producer->pinned;
  }
  if (check->received + missing != attempted || missing != dropped)
    fail("%lu records in, %lu out, %lu dropped", (unsigned long)attempted, (unsigned long)check->received,
         (unsigned long)dropped);
}

static bool all_pinned(const struct hand_off *hand_off) {
  bool pinned = true;
  for (uint32_t i = 0; i < hand_off->settings.producers; i++)
    pinned = pinned && hand_off->producers[i].pinned;
  return pinned;
}

static double drop_share(const struct hand_off *hand_off) {
  uint64_t attempted = 0, dropped = 0;
  for (uint32_t i = 0; i < hand_off->settings.producers; i++) {
    attempted += hand_off->producers[i].next - first_sequence(i);
    dropped += hand_off->producers[i].dropped;
  }
  return attempted == 0 ? 0 : (double)dropped / (double)attempted;
}

/* `rings` has the ring of each producer, or is NULL when all have the consumer's. */
static void run_hand_off(struct hand_off *hand_off, void *const *rings) {
  const struct settings *settings = &hand_off->settings;
  for (uint32_t i = 0; i < settings->producers; i++) {
    struct producer *producer = &hand_off->producers[i];
    producer->hand_off = hand_off;
    producer->ring = rings ? rings[i] : hand_off->ring;
    producer->next = first_sequence(i);
    if (pthread_create(&producer->thread, NULL, run_producer, producer) != 0)
      fail("no thread for a producer");
  }
  bool pinned = settings->producers > 1 || pin_to(CONSUMER_CPU);
  struct sequence_check check;
  begin_check(&check, settings->bytes + (is_fault("length") ? 8 : 0));
  meet(hand_off);

  double opened = 0, closed = 0, begin = now_seconds();
  uint64_t opened_at = 0, closed_at = 0, empty = 0;
  for (uint64_t turn = 1; closed == 0; turn++) {
    uint64_t taken = hand_off->drain(hand_off->ring, &check, DRAIN_LIMIT);
    if (taken == 0 && settings->paced)
      pace();
    if (taken == 0 && settings->producers > 1 && ++empty % TRIES_BEFORE_YIELD == 0)
      sched_yield();
    if (turn % TURNS_PER_CLOCK != 0)
      continue;
    double now = now_seconds();
    if (opened == 0 && now >= begin + settings->warm_up) {
      opened = now;
      opened_at = check.received;
    } else if (opened != 0 && now >= opened + settings->seconds) {
      closed = now;
      closed_at = check.received;
    }
  }
  atomic_store(&hand_off->stop, true);
  while (atomic_load_explicit(&hand_off->done, memory_order_acquire) < settings->producers)
    hand_off->drain(hand_off->ring, &check, DRAIN_LIMIT);
  for (uint32_t i = 0; i < settings->producers; i++)
    pthread_join(hand_off->producers[i].thread, NULL);
  hand_off->drain(hand_off->ring, &check, UINT64_MAX);

  balance_books(hand_off, &check);
  measured((double)(closed_at - opened_at) / (closed - opened) / 1e6, pinned && all_pinned(hand_off), "dropShare",
           drop_share(hand_off));
}

#endif
