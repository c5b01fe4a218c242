/*
 * The program of the rings that are the limit: claim, fill, commit, and nothing that the kernel's rules add.
 *
 * The file that includes it has included the header of its ring before, which defines
 *
 *   struct ring, ring_create(bytes)
 *   struct claim              what a producer knows of the ring; begins with the pointer to it
 *   ring_claim(claim, n, b)   a stretch of n records of b bytes of payload, or NULL when there is no room
 *   ring_prepare(record, b)   writes the length of a record that is not the first of its stretch
 *   ring_commit(record, b)    commits the stretch, by its first record
 *   ring_drain(ring, check, limit)
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "fill_drain.h"
#include "hand_off.h"
#include "offered.h"

#define RECORDS_PER_PRODUCE 512u

static struct ring *the_ring;

static void fill(void *self, uint64_t sequence) {
  for (uint64_t end = sequence + RECORDS_PER_FILL; sequence < end; sequence++) {
    uint8_t *record = ring_claim(self, 1, FILL_BYTES);
    if (record == NULL)
      fail("the ring was full before it was filled");
    *(uint64_t *)(record + RECORD_HEADER_BYTES) = sequence;
    ring_commit(record, FILL_BYTES);
  }
}

static uint64_t drain_ring(void *self, struct sequence_check *check, uint64_t limit) {
  (void)self;
  return ring_drain(the_ring, check, limit);
}

/* Batches of `batch` records; a batch of one is a record. */
static void produce(struct producer *self) {
  uint32_t bytes = self->hand_off->settings.bytes, batch = self->hand_off->settings.batch;
  uint64_t stride = record_bytes(bytes);
  for (uint32_t done = 0; done < RECORDS_PER_PRODUCE; done += batch) {
    uint8_t *first;
    while ((first = ring_claim(self->ring, batch, bytes)) == NULL) {
      if (atomic_load_explicit(&self->hand_off->stop, memory_order_relaxed))
        return;
      await_room(self);
    }
    for (uint32_t i = 0; i < batch; i++) {
      uint8_t *record = first + i * stride;
      self->payload[0] = self->next++;
      memcpy(record + RECORD_HEADER_BYTES, self->payload, bytes);
      if (i != 0)
        ring_prepare(record, bytes);
    }
    ring_commit(first, bytes);
  }
}

static uint64_t offer(void *self, uint64_t first, uint64_t count) {
  uint64_t accepted = 0;
  for (uint64_t sequence = first; sequence < first + count; sequence++) {
    uint8_t *record = ring_claim(self, 1, OFFERED_BYTES);
    if (record == NULL)
      continue;
    fill_payload((uint64_t *)(record + RECORD_HEADER_BYTES), sequence);
    ring_commit(record, OFFERED_BYTES);
    accepted++;
  }
  return accepted;
}

static int run_limit(int argc, char **argv) {
  struct settings settings = settings_of(argc, argv);
  the_ring = ring_create(settings.ring);
  if (is_probe(argc, argv)) {
    printf("{}\n");
    return 0;
  }
  static struct claim claims[PRODUCERS_MAX];
  static void *rings[PRODUCERS_MAX];
  for (uint32_t i = 0; i < PRODUCERS_MAX; i++) {
    claims[i].ring = the_ring;
    rings[i] = &claims[i];
  }
  if (is_measurement(&settings, "fill-drain")) {
    run_fill_drain(&claims[0], fill, drain_ring, &settings);
  } else if (is_measurement(&settings, "hand-off")) {
    static struct hand_off hand_off;
    hand_off.settings = settings;
    hand_off.drain = drain_ring;
    hand_off.produce = produce;
    run_hand_off(&hand_off, rings);
  } else if (is_measurement(&settings, "offered")) {
    static struct offered offered;
    offered.settings = settings;
    offered.producer = &claims[0];
    offered.drain = drain_ring;
    offered.offer = offer;
    run_offered(&offered);
  } else {
    fail("%s does not know the measurement %s", argv[0], settings.measurement);
  }
  return 0;
}

#endif
